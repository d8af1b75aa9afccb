import type { ErrorCode } from "$generated/ErrorCode";
import { BytesError, fetchPart, type Part } from "./bytes";
import { FIRST_CHUNK } from "./maths";
import { PiecesEngine } from "./pieces";
import { StreamEngine } from "./stream";

/** A recording to play. */
export interface Source {
  url: string;
  /** The address of a piece of a WAV as PCM, between two times in seconds. */
  pieceUrl(from: number, to: number): string;
  /** Present once the office has all of it. */
  shape?: Shape;
}

/** What an office finds out about a recording once all of it is there. */
export interface Shape {
  mime: string;
  /** Length of the file. */
  bytes: number;
  /** Byte place of the frame that begins at or before each whole second. */
  seconds: readonly number[];
  /** Length in seconds. */
  length: number;
}

/** What an engine tells. */
export interface EngineEvents {
  time(seconds: number): void;
  playing(playing: boolean): void;
  /** The office is still fetching the bytes that come next. */
  preparing(preparing: boolean): void;
  failed(why: ErrorCode): void;
}

/** Plays one recording, from its first bytes on; jumps need its shape. */
export interface Engine {
  play(): void;
  pause(): void;
  /** Seconds. */
  seek(to: number): void;
  setSpeed(speed: number): void;
  measured(shape: Shape): void;
  close(): void;
}

/** Fetches the first bytes and plays them on: as a stream where MediaSource takes their kind, else in pieces of PCM. */
export async function openEngine(source: Source, events: EngineEvents, signal: AbortSignal): Promise<Engine> {
  const first = await firstPart(source, events, signal);
  const mime = source.shape?.mime ?? first.mime;
  const streams = typeof MediaSource !== "undefined" && MediaSource.isTypeSupported(mime);
  return streams ? new StreamEngine(source, { ...first, mime }, events) : new PiecesEngine(source, events);
}

async function firstPart(source: Source, events: EngineEvents, signal: AbortSignal): Promise<Part> {
  const first = await fetchPart(source.url, [0, FIRST_CHUNK - 1], signal, (is) => events.preparing(is));
  signal.throwIfAborted();
  if (!first) throw new BytesError("notPlayable");
  return first;
}
