import { BytesError, fetchBytes } from "./bytes";
import { audioElement, goTo, speed, start } from "./element";
import type { Engine, EngineEvents, Source } from "./engine";

/** More than this is not taken into the page at once. */
const MOST_BYTES = 20 * 1024 * 1024;
const PIECE = 1024 * 1024;

/** Plays a file that is loaded whole: for kinds that MediaSource does not take, such as WAV. */
export class WholeEngine implements Engine {
  readonly #closing = new AbortController();
  readonly #audio: HTMLAudioElement;
  #address: string | undefined;

  constructor(
    private readonly source: Source,
    private readonly events: EngineEvents,
  ) {
    this.#audio = audioElement(events, this.#closing.signal);
    void this.#load();
  }

  play(): void {
    if (this.#address) start(this.#audio, this.events);
    else this.#audio.autoplay = true;
  }

  pause(): void {
    this.#audio.autoplay = false;
    this.#audio.pause();
  }

  seek(to: number): void {
    goTo(this.#audio, to, this.#closing.signal);
  }

  setSpeed(rate: number): void {
    speed(this.#audio, rate);
  }

  close(): void {
    this.#closing.abort();
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    if (this.#address) URL.revokeObjectURL(this.#address);
  }

  async #load(): Promise<void> {
    const { signal } = this.#closing;
    if (this.source.bytes > MOST_BYTES) {
      this.events.failed("tooLarge");
      return;
    }
    try {
      const pieces: ArrayBuffer[] = [];
      for (let next = 0; next < this.source.bytes; next += (pieces.at(-1) as ArrayBuffer).byteLength) {
        const range: [number, number] = [next, Math.min(next + PIECE, this.source.bytes) - 1];
        pieces.push(await fetchBytes(this.source.url, range, signal, (is) => this.events.preparing(is)));
      }
      signal.throwIfAborted();
      this.#address = URL.createObjectURL(new Blob(pieces, { type: this.source.mime }));
      this.#audio.src = this.#address;
    } catch (thrown) {
      if (!signal.aborted) this.events.failed(thrown instanceof BytesError ? thrown.code : "internal");
    }
  }
}
