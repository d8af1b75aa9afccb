import type { CallRow } from "$generated/CallRow";
import type { ErrorCode } from "$generated/ErrorCode";
import type { RecordingView } from "$generated/RecordingView";
import type { MainPlatform } from "$platform/types";
import { toContractError } from "$lib/errors";
import { BytesError } from "./bytes";
import { openEngine, type Engine, type EngineEvents, type Shape } from "./engine";

/** Speeds to choose from. */
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3];

const RETRY_MS = 1000;

/** The recording in the player: what it is, where it stands, and what a person does with it. */
export class Player {
  /** The call whose recording is open. */
  row: CallRow | undefined = $state.raw();
  /** Shape and length, once the office has all of it: sound comes before. */
  recording: RecordingView | undefined = $state.raw();
  failed: ErrorCode | undefined = $state();
  preparing = $state(false);
  /** There is something to play or pause. */
  opened = $state(false);
  playing = $state(false);
  /** Seconds. */
  time = $state(0);
  speed = $state(1);

  #engine: Engine | undefined;
  /** Ends what was begun for the recording that is open. */
  #closing = new AbortController();
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly platform: Pick<MainPlatform, "openRecording" | "recordingUrl" | "recordingPieceUrl">,
    private readonly open: typeof openEngine = openEngine,
  ) {}

  /** Seconds in the recording; until they are known about as many as the talk had. */
  get length(): number {
    return (this.recording?.durationMs ?? this.row?.talkMs ?? 0) / 1000;
  }

  /** Plays the recording of a call, from its beginning unless told otherwise. */
  async play(row: CallRow, from = 0): Promise<void> {
    this.close();
    if (!row.recording) return;
    this.row = row;
    this.time = from;
    const { signal } = this.#closing;
    const measured = this.#measure(row, row.recording.id, signal);
    // Only the shape says where a later place lies.
    if (from > 0) await measured;
    else await Promise.all([this.#start(row, signal), measured]);
  }

  /** Tries again what has failed, from where it stood. */
  async again(): Promise<void> {
    if (this.row) await this.play(this.row, this.time);
  }

  /** Plays or pauses. */
  toggle(): void {
    if (this.playing) this.#engine?.pause();
    else this.#engine?.play();
  }

  /** Goes to a place, in seconds. */
  seek(to: number): void {
    if (!this.#engine || !this.recording) return;
    this.time = Math.min(Math.max(to, 0), this.length);
    this.#engine.seek(this.time);
  }

  /** Goes some seconds forward, or back. */
  skip(by: number): void {
    this.seek(this.time + by);
  }

  /** Chooses the speed. */
  setSpeed(speed: number): void {
    this.speed = speed;
    this.#engine?.setSpeed(speed);
  }

  /** Ends playing and puts the player away. */
  close(): void {
    this.#stop();
    this.#closing = new AbortController();
    this.row = undefined;
    this.recording = undefined;
    this.failed = undefined;
    this.time = 0;
  }

  /** Asks for the shape until it is there. */
  async #measure(row: CallRow, recording: string, signal: AbortSignal): Promise<void> {
    try {
      const view = await this.platform.openRecording({ call: row.call, recording });
      if (!signal.aborted) await this.#measured(row, view, signal);
    } catch (thrown) {
      if (signal.aborted) return;
      const error = toContractError(thrown);
      if (error.code === "notReady") {
        if (!this.#engine) this.preparing = true;
        this.#retry = setTimeout(() => void this.#measure(row, recording, signal), error.retryAfterMs ?? RETRY_MS);
      } else if (!this.#engine) {
        // What plays goes on without its shape.
        this.#fail(error.code);
      }
    }
  }

  async #measured(row: CallRow, view: RecordingView, signal: AbortSignal): Promise<void> {
    this.recording = view;
    if (this.#engine) this.#engine.measured(shapeOf(view));
    else if (!this.#starting) await this.#start(row, signal);
  }

  #starting = false;

  async #start(row: CallRow, signal: AbortSignal): Promise<void> {
    const path = `${row.call.office}/${row.recording?.id}`;
    const known = this.recording;
    const source = {
      url: this.platform.recordingUrl(path),
      pieceUrl: (from: number, to: number) => this.platform.recordingPieceUrl(path, from * 1000, to * 1000),
      ...(known && { shape: shapeOf(known) }),
    };
    this.#starting = true;
    try {
      const engine = await this.open(source, this.#events(row, known !== undefined, signal), signal);
      if (signal.aborted) engine.close();
      else this.#use(engine, known);
    } catch (thrown) {
      if (!signal.aborted) this.#fail(thrown instanceof BytesError ? thrown.code : "internal");
    } finally {
      if (!signal.aborted) this.#starting = false;
    }
  }

  #use(engine: Engine, known: RecordingView | undefined): void {
    this.#engine = engine;
    this.opened = true;
    this.preparing = false;
    if (this.recording && this.recording !== known) engine.measured(shapeOf(this.recording));
    engine.setSpeed(this.speed);
    if (this.time > 0) engine.seek(this.time);
    engine.play();
  }

  #events(row: CallRow, measured: boolean, signal: AbortSignal): EngineEvents {
    return {
      time: (seconds) => (this.time = this.recording ? Math.min(seconds, this.length) : seconds),
      playing: (playing) => (this.playing = playing),
      preparing: (preparing) => (this.preparing = preparing),
      failed: (why) => {
        if (why !== "notPlayable" || measured) this.#fail(why);
        else this.#startMeasured(row, signal);
      },
    };
  }

  /** An MP3 may lie in a WAV: only its shape says where, so what did not play before it is known is tried again with it. */
  #startMeasured(row: CallRow, signal: AbortSignal): void {
    this.#engine?.close();
    this.#engine = undefined;
    this.opened = false;
    this.playing = false;
    if (this.recording) void this.#start(row, signal);
  }

  /** What is still ready does not sound on without anybody being able to stop it. */
  #fail(why: ErrorCode): void {
    this.#stop();
    this.failed = why;
  }

  #stop(): void {
    this.#closing.abort();
    clearTimeout(this.#retry);
    this.#engine?.close();
    this.#engine = undefined;
    this.#starting = false;
    this.opened = false;
    this.preparing = false;
    this.playing = false;
  }
}

function shapeOf(view: RecordingView): Shape {
  return { mime: view.mime, bytes: view.bytes, seconds: view.seconds, length: view.durationMs / 1000 };
}
