import { settle } from "$tests/build";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EngineEvents, Shape } from "./engine";
import { StreamEngine } from "./stream";

/** One second of sound is this many bytes. */
const SECOND = 4096;
const length = 600;
const shape: Shape = {
  mime: "audio/mpeg",
  bytes: SECOND * length,
  seconds: Array.from({ length }, (_, second) => second * SECOND),
  length,
};
const source = { url: "audio://o/r", pieceUrl: () => "" };
const first = { bytes: new ArrayBuffer(16_384), mime: "audio/mpeg", total: undefined };

/** Keeps what was appended as one stretch of time, as a source buffer does for frames without times. */
class FakeBuffer extends EventTarget {
  updating = false;
  start = 0;
  end = 0;
  calls: string[] = [];
  set timestampOffset(time: number) {
    this.calls.push(`offset ${time}`);
    this.start = this.end = time;
  }
  get buffered() {
    return { length: this.end > this.start ? 1 : 0, start: () => this.start, end: () => this.end };
  }
  abort() {
    this.calls.push("abort");
  }
  appendBuffer(bytes: ArrayBuffer) {
    this.end += bytes.byteLength / SECOND;
  }
  remove(from: number, to: number) {
    this.calls.push(`remove ${from} ${to}`);
    if (to > this.end) this.end = this.start;
    else this.start = Math.max(this.start, to);
  }
}

class FakeMedia extends EventTarget {
  static last: FakeMedia;
  readyState = "open";
  duration = 0;
  buffer = new FakeBuffer();
  constructor() {
    super();
    FakeMedia.last = this;
  }
  addSourceBuffer() {
    return this.buffer;
  }
  endOfStream() {
    this.readyState = "ended";
  }
}

const asked: string[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("MediaSource", FakeMedia);
  URL.createObjectURL = () => "blob:test";
  URL.revokeObjectURL = () => {};
  for (const name of ["play", "pause", "load"] as const) {
    vi.spyOn(HTMLMediaElement.prototype, name).mockImplementation(() => Promise.resolve());
  }
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_, init) => {
    const [, first, last] = /bytes=(\d+)-(\d+)/.exec((init?.headers as { Range: string }).Range) ?? [];
    asked.push(`${first}-${last}`);
    return new Response(new Uint8Array(Number(last) - Number(first) + 1), { status: 206 });
  });
});
afterEach(() => void vi.unstubAllGlobals());

async function open(known: { shape?: Shape } = { shape }) {
  const events: EngineEvents = { time: vi.fn(), playing: vi.fn(), preparing: vi.fn(), failed: vi.fn() };
  const engine = new StreamEngine({ ...source, ...known }, first, events);
  FakeMedia.last.dispatchEvent(new Event("sourceopen"));
  await rest();
  return { engine, events, media: FakeMedia.last, buffer: FakeMedia.last.buffer };
}

async function rest(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) {
    await settle();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

describe("the stream", () => {
  it("fetches a little ahead of the playhead and no more", async () => {
    const { media, buffer } = await open();
    expect(media.duration).toBe(length);
    expect(asked[0]).toBe(`16384-${16384 + 32767}`);
    expect(buffer.end).toBeGreaterThan(30);
    expect(buffer.end).toBeLessThan(60);
  });

  it("plays on while nobody knows yet how long it is, and learns it later", async () => {
    const { engine, media, buffer } = await open({});
    expect([media.duration, buffer.start]).toEqual([0, 0]);
    expect(buffer.end).toBeGreaterThan(30);
    engine.measured(shape);
    expect(media.duration).toBe(length);
    engine.seek(300);
    await rest();
    expect(buffer.start).toBe(300);
  });

  it("ends where there is nothing more, when that was not known before", async () => {
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 416 }));
    const { media, buffer, events } = await open({});
    expect([media.readyState, buffer.end]).toEqual(["ended", 16_384 / SECOND]);
    expect(events.failed).not.toHaveBeenCalled();
  });

  it("jumps to the bytes of the second that is asked for", async () => {
    const { engine, buffer } = await open();
    asked.length = 0;
    engine.seek(300.7);
    await rest();
    expect(asked[0]).toBe(`${300 * SECOND}-${300 * SECOND + 16383}`);
    expect(buffer.calls.slice(-3)).toEqual(["abort", "remove 0 Infinity", "offset 300"]);
    expect(buffer.start).toBe(300);
  });

  it("needs no bytes for a jump within what is ready", async () => {
    const { engine } = await open();
    asked.length = 0;
    engine.seek(20);
    await rest();
    expect(asked).toEqual([]);
  });

  it("plays to the end and can still go back", async () => {
    const { engine, media, buffer } = await open();
    engine.seek(length - 5);
    await rest();
    expect(media.readyState).toBe("ended");
    engine.seek(10);
    await rest();
    expect(buffer.start).toBe(10);
  });

  it("plays again from the beginning, which it may have dropped", async () => {
    const { engine, buffer } = await open();
    engine.seek(length - 5);
    await rest();
    vi.spyOn(HTMLMediaElement.prototype, "ended", "get").mockReturnValue(true);
    engine.play();
    await rest();
    expect([buffer.start, buffer.calls.at(-1)]).toEqual([0, "offset 0"]);
    expect(buffer.end).toBeGreaterThan(30);
  });

  it("begins where it is told before it could open", async () => {
    const events: EngineEvents = { time: vi.fn(), playing: vi.fn(), preparing: vi.fn(), failed: vi.fn() };
    new StreamEngine({ ...source, shape }, first, events).seek(300);
    FakeMedia.last.dispatchEvent(new Event("sourceopen"));
    await rest();
    expect(FakeMedia.last.buffer.start).toBe(300);
  });

  it("leaves no listener behind at each step of the playhead", async () => {
    let audio: EventTarget | undefined;
    const listened: AddEventListenerOptions[] = [];
    const { addEventListener } = EventTarget.prototype;
    vi.spyOn(EventTarget.prototype, "addEventListener").mockImplementation(function (this: EventTarget, ...all) {
      if (all[0] === "seeking") {
        audio = this;
        listened.push(all[2] as AddEventListenerOptions);
      }
      addEventListener.apply(this, all);
    });
    await open();
    for (let step = 0; step < 3; step++) {
      audio?.dispatchEvent(new Event("timeupdate"));
      await rest();
    }
    expect(listened.length).toBeGreaterThan(3);
    expect(listened.filter((options) => !options.signal?.aborted)).toHaveLength(1);
  });

  it("of several jumps follows the last", async () => {
    const { engine, buffer } = await open();
    for (const to of [100, 200, 400]) engine.seek(to);
    await rest();
    expect(buffer.start).toBe(400);
  });

  it("says why bytes do not come", async () => {
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 410 }));
    const { events } = await open();
    expect(events.failed).toHaveBeenCalledWith("gone");
  });

  it("asks for nothing more once it is closed", async () => {
    const { engine } = await open();
    engine.close();
    asked.length = 0;
    engine.seek(300);
    await rest();
    expect(asked).toEqual([]);
  });
});
