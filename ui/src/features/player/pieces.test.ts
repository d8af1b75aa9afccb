import { settle } from "$tests/build";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EngineEvents } from "./engine";
import { PiecesEngine } from "./pieces";

/** Seconds of the recording. */
const LENGTH = 30;

/** An element that plays when it is told to. */
class FakeAudio extends EventTarget {
  static made: FakeAudio[] = [];
  preload = "";
  currentTime = 0;
  playbackRate = 1;
  defaultPlaybackRate = 1;
  ended = false;
  duration = 5;
  playing = false;
  constructor(public src: string) {
    super();
    FakeAudio.made.push(this);
  }
  async play() {
    this.playing = true;
    this.dispatchEvent(new Event("playing"));
  }
  pause() {
    if (this.playing) this.dispatchEvent(new Event("pause"));
    this.playing = false;
  }
  removeAttribute() {
    this.src = "";
  }
  end() {
    this.ended = true;
    this.pause();
    this.dispatchEvent(new Event("ended"));
  }
}

let asked: string[] = [];
let revoked = 0;

beforeEach(() => {
  asked = [];
  revoked = 0;
  FakeAudio.made = [];
  vi.stubGlobal("Audio", FakeAudio);
  URL.createObjectURL = () => "blob:piece";
  URL.revokeObjectURL = () => void revoked++;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (url) => {
    asked.push(String(url));
    const from = Number(String(url).split("-")[0]);
    return new Response(from < LENGTH ? "sound" : null, { status: from < LENGTH ? 200 : 416 });
  });
});
afterEach(() => void vi.unstubAllGlobals());

async function open() {
  const events: EngineEvents = { time: vi.fn(), playing: vi.fn(), preparing: vi.fn(), failed: vi.fn() };
  const engine = new PiecesEngine({ url: "", pieceUrl: (from, to) => `${from}-${to}` }, events);
  engine.play();
  await rest();
  return { engine, events, now: () => FakeAudio.made.find((audio) => audio.playing) };
}

async function rest(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await settle();
}

describe("a WAV in pieces", () => {
  it("begins with a short piece and has the next ready, and no more", async () => {
    const { now } = await open();
    expect(asked).toEqual(["0-5", "5-25"]);
    expect(now()).toBe(FakeAudio.made[0]);
  });

  it("goes from piece to piece without a word, and tells its end", async () => {
    const { events, now } = await open();
    now()?.end();
    await rest();
    expect(now()).toBe(FakeAudio.made[1]);
    expect(events.playing).toHaveBeenLastCalledWith(true);
    expect(events.playing).not.toHaveBeenCalledWith(false);
    const second = now() as FakeAudio;
    second.currentTime = 3;
    second.dispatchEvent(new Event("timeupdate"));
    expect(events.time).toHaveBeenLastCalledWith(8);
    for (let piece = 0; piece < 2; piece++) {
      now()?.end();
      await rest();
    }
    expect(events.playing).toHaveBeenLastCalledWith(false);
    expect([now(), revoked]).toEqual([undefined, FakeAudio.made.length]);
    expect(events.failed).not.toHaveBeenCalled();
  });

  it("plays again from the beginning once it is over", async () => {
    const { engine, now } = await open();
    for (let piece = 0; piece < 3; piece++) {
      now()?.end();
      await rest();
    }
    asked = [];
    engine.play();
    await rest();
    expect(asked[0]).toBe("0-5");
    expect(now()).toBeDefined();
  });

  it("jumps within a piece by itself and elsewhere with a new one", async () => {
    const { engine, now } = await open();
    asked = [];
    engine.seek(2);
    expect([now()?.currentTime, asked]).toEqual([2, []]);
    engine.seek(17.5);
    await rest();
    expect(asked).toEqual(["17.5-22.5", "22.5-42.5"]);
    expect(FakeAudio.made.filter((audio) => audio.playing)).toHaveLength(1);
  });

  it("keeps its speed and its pause over pieces", async () => {
    const { engine, now } = await open();
    engine.setSpeed(1.5);
    engine.pause();
    engine.seek(12);
    await rest();
    expect(now()).toBeUndefined();
    engine.play();
    await rest();
    expect(now()?.playbackRate).toBe(1.5);
  });

  it("says why a piece does not come, and nothing once it is closed", async () => {
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 415 }));
    const { engine, events } = await open();
    expect(events.failed).toHaveBeenCalledWith("notPlayable");
    engine.close();
    asked = [];
    engine.seek(3);
    await rest();
    expect(asked).toEqual([]);
  });
});
