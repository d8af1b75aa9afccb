import type { CallRow } from "$generated/CallRow";
import type { RecordingView } from "$generated/RecordingView";
import type { MainPlatform } from "$platform/types";
import { toContractError } from "$lib/errors";
import { openEngine, type Engine, type EngineEvents, type PlayFailure, type Source } from "./engine";

/** Speeds to choose from. */
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3];

const RETRY_MS = 1000;

type Open = (source: Source, events: EngineEvents) => Engine;

/** The recording in the player: what it is, where it stands, and what a person does with it. */
export class Player {
  /** The call whose recording is open. */
  row: CallRow | undefined = $state.raw();
  recording: RecordingView | undefined = $state.raw();
  failed: PlayFailure | undefined = $state();
  preparing = $state(false);
  playing = $state(false);
  /** Seconds. */
  time = $state(0);
  speed = $state(1);

  #engine: Engine | undefined;
  #asked = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly platform: Pick<MainPlatform, "openRecording" | "recordingUrl">,
    private readonly open: Open = openEngine,
  ) {}

  /** Seconds in the recording. */
  get length(): number {
    return (this.recording?.durationMs ?? 0) / 1000;
  }

  /** Plays the recording of a call, from its beginning unless told otherwise. */
  async play(row: CallRow, from = 0): Promise<void> {
    this.close();
    if (!row.recording) return;
    this.row = row;
    this.time = from;
    await this.#fetch(row, row.recording.id);
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
    if (!this.#engine) return;
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
    this.#asked++;
    clearTimeout(this.#retry);
    this.#engine?.close();
    this.#engine = undefined;
    this.row = undefined;
    this.recording = undefined;
    this.failed = undefined;
    this.preparing = false;
    this.playing = false;
    this.time = 0;
  }

  async #fetch(row: CallRow, recording: string): Promise<void> {
    const asked = this.#asked;
    try {
      const view = await this.platform.openRecording({ call: row.call, recording });
      if (asked === this.#asked) this.#start(view);
    } catch (thrown) {
      if (asked !== this.#asked) return;
      const error = toContractError(thrown);
      if (error.code !== "notReady") {
        this.preparing = false;
        this.failed = error.code;
        return;
      }
      this.preparing = true;
      this.#retry = setTimeout(() => void this.#fetch(row, recording), error.retryAfterMs ?? RETRY_MS);
    }
  }

  #start(view: RecordingView): void {
    this.recording = view;
    this.preparing = false;
    const source = {
      url: this.platform.recordingUrl(view.path),
      mime: view.mime,
      bytes: view.bytes,
      seconds: view.seconds,
      length: view.durationMs / 1000,
    };
    this.#engine = this.open(source, {
      time: (seconds) => (this.time = Math.min(seconds, this.length)),
      playing: (playing) => (this.playing = playing),
      preparing: (preparing) => (this.preparing = preparing),
      failed: (why) => this.#fail(why),
    });
    this.#engine.setSpeed(this.speed);
    if (this.time > 0) this.#engine.seek(this.time);
    this.#engine.play();
  }

  /** What is still ready does not sound on without anybody being able to stop it. */
  #fail(why: PlayFailure): void {
    this.#engine?.close();
    this.#engine = undefined;
    this.playing = false;
    this.preparing = false;
    this.failed = why;
  }
}
