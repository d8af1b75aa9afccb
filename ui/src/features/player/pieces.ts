import { BytesError, fetchWhole } from "./bytes";
import { speed, start } from "./element";
import type { Engine, EngineEvents, Shape, Source } from "./engine";

/** Seconds of the first piece after a jump, so that sound starts soon, and of those that follow. */
const FIRST = 5;
const PIECE = 20;

/** Some seconds of sound in an element of their own. */
interface Piece {
  audio: HTMLAudioElement;
  /** Seconds in the recording. */
  from: number;
  to: number;
}

/**
 * Plays a WAV of any size, for which there is no MediaSource: the program makes short files of PCM out of it, one plays
 * while the next is fetched.
 */
export class PiecesEngine implements Engine {
  readonly #closing = new AbortController();
  #fetching = new AbortController();
  #current: Piece | undefined;
  /** The one that follows, and what brings it. */
  #next: Piece | undefined;
  #coming: Promise<Piece | undefined> = Promise.resolve(undefined);
  #wanted = false;
  #ended = false;
  #speed = 1;

  constructor(
    private readonly source: Source,
    private readonly events: EngineEvents,
  ) {
    void this.#playFrom(0);
  }

  play(): void {
    this.#wanted = true;
    if (this.#ended) void this.#playFrom(0);
    else if (this.#current) start(this.#current.audio, this.events);
  }

  pause(): void {
    this.#wanted = false;
    this.#current?.audio.pause();
  }

  seek(to: number): void {
    const piece = this.#current;
    if (piece && to >= piece.from && to < piece.from + piece.audio.duration) piece.audio.currentTime = to - piece.from;
    else if (!this.#closing.signal.aborted) void this.#playFrom(to);
  }

  setSpeed(rate: number): void {
    this.#speed = rate;
    if (this.#current) speed(this.#current.audio, rate);
    if (this.#next) speed(this.#next.audio, rate);
  }

  /** Each piece is asked for by its time, so nothing is to be known of the file. */
  measured(_: Shape): void {}

  close(): void {
    this.#closing.abort();
    this.#drop();
  }

  #drop(): void {
    this.#fetching.abort();
    for (const piece of [this.#current, this.#next]) if (piece) putAway(piece);
    this.#current = this.#next = undefined;
  }

  async #playFrom(time: number): Promise<void> {
    this.#drop();
    this.#ended = false;
    this.#fetching = new AbortController();
    const { signal } = this.#fetching;
    await this.#trying(signal, async () => {
      this.#show(await this.#fetch(time, FIRST, signal, (is) => this.events.preparing(is)), signal);
    });
  }

  /** Plays a piece, and fetches the next; without one the recording is over. */
  #show(piece: Piece | undefined, signal: AbortSignal): void {
    if (this.#current) putAway(this.#current);
    this.#current = piece;
    this.#next = undefined;
    if (!piece) {
      this.#ended = true;
      this.#wanted = false;
      this.events.playing(false);
      return;
    }
    this.#listen(piece, signal);
    if (this.#wanted) start(piece.audio, this.events);
    this.#coming = this.#fetch(piece.to, PIECE, signal, () => {});
    // Whoever needs it is told what went wrong.
    this.#coming.then((next) => (this.#next = next)).catch(() => {});
  }

  #listen({ audio, from }: Piece, signal: AbortSignal): void {
    const on = (name: keyof HTMLMediaElementEventMap, tell: () => void) =>
      audio.addEventListener(name, tell, { signal });
    on("timeupdate", () => this.events.time(from + audio.currentTime));
    on("playing", () => this.events.playing(true));
    // An element pauses at the end of its piece too.
    on("pause", () => audio.ended || this.events.playing(false));
    on("error", () => this.events.failed("notPlayable"));
    on("ended", () => void this.#advance(signal));
  }

  async #advance(signal: AbortSignal): Promise<void> {
    await this.#trying(signal, async () => {
      if (!this.#next) this.events.preparing(true);
      const next = this.#next ?? (await this.#coming);
      this.events.preparing(false);
      if (!signal.aborted) this.#show(next, signal);
    });
  }

  async #fetch(
    from: number,
    seconds: number,
    signal: AbortSignal,
    preparing: (preparing: boolean) => void,
  ): Promise<Piece | undefined> {
    const to = from + seconds;
    const file = await fetchWhole(this.source.pieceUrl(from, to), signal, preparing);
    signal.throwIfAborted();
    if (!file) return undefined;
    const audio = new Audio(URL.createObjectURL(file));
    audio.preload = "auto";
    speed(audio, this.#speed);
    return { audio, from, to };
  }

  async #trying(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      if (!signal.aborted) this.events.failed(thrown instanceof BytesError ? thrown.code : "internal");
    }
  }
}

function putAway({ audio }: Piece): void {
  const address = audio.src;
  audio.pause();
  audio.removeAttribute("src");
  URL.revokeObjectURL(address);
}
