import { BytesError, fetchPart, type Part } from "./bytes";
import { audioElement, goTo, speed, start } from "./element";
import type { Engine, EngineEvents, Shape, Source } from "./engine";
import { AHEAD, nextRange, placeOf, readyFrom, stale, stretchAt, stretches, type Place } from "./maths";

/**
 * Plays a stream of frames through MediaSource, fed in small pieces, from the first bytes on while the office fetches the
 * rest. MP3 frames carry no times: after a jump the bytes go on from the frame that the office's index names, and
 * `timestampOffset` says when that is.
 */
export class StreamEngine implements Engine {
  readonly #closing = new AbortController();
  readonly #media = new MediaSource();
  readonly #audio: HTMLAudioElement;
  readonly #address: string;
  #buffer: SourceBuffer | undefined;
  /** Where to begin once the source is open. */
  #from = 0;
  #feeding = new AbortController();
  #fed: Promise<void> = Promise.resolve();
  #shape: Shape | undefined;

  constructor(
    private readonly source: Source,
    private readonly first: Part,
    private readonly events: EngineEvents,
  ) {
    this.#shape = source.shape;
    this.#audio = audioElement(events, this.#closing.signal);
    this.#address = URL.createObjectURL(this.#media);
    this.#media.addEventListener("sourceopen", () => this.#opened(), { once: true });
    this.#audio.src = this.#address;
  }

  play(): void {
    // An element goes back to its beginning by itself, where nothing may be ready any more.
    if (this.#audio.ended) this.seek(0);
    start(this.#audio, this.events);
  }

  pause(): void {
    this.#audio.pause();
  }

  seek(to: number): void {
    const ready = this.#buffer && stretchAt(stretches(this.#buffer.buffered), to);
    this.#from = to;
    goTo(this.#audio, to, this.#closing.signal);
    if (this.#buffer && !ready && !this.#closing.signal.aborted) this.#feedFrom(to);
  }

  setSpeed(rate: number): void {
    speed(this.#audio, rate);
  }

  measured(shape: Shape): void {
    this.#shape = shape;
    this.#setLength();
  }

  close(): void {
    this.#closing.abort();
    this.#feeding.abort();
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    this.#audio.load();
    URL.revokeObjectURL(this.#address);
  }

  #opened(): void {
    this.#buffer = this.#media.addSourceBuffer(this.first.mime);
    this.#setLength();
    this.#feedFrom(this.#from);
  }

  /** Tells the element how long it all is, as soon as that is known and the buffer takes it. */
  #setLength(): void {
    const buffer = this.#buffer;
    if (!this.#shape || !buffer || buffer.updating || this.#media.readyState !== "open") return;
    const ready = stretches(buffer.buffered).at(-1)?.end ?? 0;
    this.#media.duration = Math.max(this.#shape.length, ready);
  }

  /** Ends the feeding that runs and starts a new one at a time. */
  #feedFrom(time: number): void {
    this.#feeding.abort();
    const feeding = new AbortController();
    this.#feeding = feeding;
    this.#fed = this.#fed.then(() => this.#feed(time, feeding.signal));
  }

  async #feed(time: number, signal: AbortSignal): Promise<void> {
    try {
      if (signal.aborted || !this.#buffer) return;
      const place = placeOf(this.#shape?.seconds ?? [], time);
      await this.#clear(this.#buffer, place);
      await this.#append(this.#buffer, place.byte, signal);
    } catch (thrown) {
      if (!signal.aborted) this.events.failed(thrown instanceof BytesError ? thrown.code : "notPlayable");
    }
  }

  async #clear(buffer: SourceBuffer, place: Place): Promise<void> {
    if (this.#media.readyState === "open") buffer.abort();
    if (buffer.buffered.length > 0) {
      buffer.remove(0, Number.POSITIVE_INFINITY);
      await updated(buffer);
    }
    buffer.timestampOffset = place.time;
  }

  async #append(buffer: SourceBuffer, from: number, signal: AbortSignal): Promise<void> {
    let next = from;
    let total = this.first.total;
    for (let fetched = 0; !signal.aborted; fetched++) {
      const range = nextRange(next, this.#shape?.bytes ?? total ?? Number.POSITIVE_INFINITY, fetched);
      const part = range && (await this.#part(range, signal));
      signal.throwIfAborted();
      if (!part) {
        if (this.#media.readyState === "open") this.#media.endOfStream();
        return;
      }
      total = part.total;
      next += part.bytes.byteLength;
      buffer.appendBuffer(part.bytes);
      await updated(buffer);
      this.#setLength();
      await this.#evict(buffer);
      while (readyFrom(stretches(buffer.buffered), this.#audio.currentTime) > AHEAD) await moved(this.#audio, signal);
    }
  }

  /** Bytes from a place on: those that are here already, or as many of the asked ones as come. */
  async #part(range: [number, number], signal: AbortSignal): Promise<Part | undefined> {
    if (range[0] === 0) return this.first;
    return fetchPart(this.source.url, range, signal, (is) => this.events.preparing(is));
  }

  async #evict(buffer: SourceBuffer): Promise<void> {
    const old = stale(stretches(buffer.buffered), this.#audio.currentTime);
    if (!old) return;
    buffer.remove(old.start, old.end);
    await updated(buffer);
  }
}

/** The buffer has done what it was asked. */
function updated(buffer: SourceBuffer): Promise<void> {
  if (!buffer.updating) return Promise.resolve();
  return new Promise((resolve) => buffer.addEventListener("updateend", () => resolve(), { once: true }));
}

/** The playhead has moved. */
function moved(audio: HTMLAudioElement, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const listening = new AbortController();
    const once = { signal: listening.signal };
    const done = () => {
      listening.abort();
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    audio.addEventListener("timeupdate", done, once);
    audio.addEventListener("seeking", done, once);
    signal.addEventListener("abort", done, once);
  });
}
