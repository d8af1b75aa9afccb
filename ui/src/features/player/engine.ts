import type { ErrorCode } from "$generated/ErrorCode";
import { StreamEngine } from "./stream";
import { WholeEngine } from "./whole";

/** A recording to play. */
export interface Source {
  url: string;
  mime: string;
  /** Length of the file. */
  bytes: number;
  /** Byte place of the frame that begins at or before each whole second. */
  seconds: readonly number[];
  /** Length in seconds. */
  length: number;
}

/** Why sound does not come. */
export type PlayFailure = ErrorCode | "tooLarge";

/** What an engine tells. */
export interface EngineEvents {
  time(seconds: number): void;
  playing(playing: boolean): void;
  /** The office is still fetching the bytes that come next. */
  preparing(preparing: boolean): void;
  failed(why: PlayFailure): void;
}

/** Plays one recording. */
export interface Engine {
  play(): void;
  pause(): void;
  /** Seconds. */
  seek(to: number): void;
  setSpeed(speed: number): void;
  close(): void;
}

/** Streams where the page can, and loads the whole file where MediaSource does not take its kind. */
export function openEngine(source: Source, events: EngineEvents): Engine {
  const streams = typeof MediaSource !== "undefined" && MediaSource.isTypeSupported(source.mime);
  return streams ? new StreamEngine(source, events) : new WholeEngine(source, events);
}
