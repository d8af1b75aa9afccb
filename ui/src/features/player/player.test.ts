import type { RecordingView } from "$generated/RecordingView";
import { failure, row, settle } from "$tests/build";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Engine, EngineEvents, Source } from "./engine";
import { Player } from "./player.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const recorded = row(1, { recording: { id: "rec1", state: "ready" } });
const view: RecordingView = {
  id: "rec1",
  path: "o/rec1",
  mime: "audio/mpeg",
  durationMs: 192_000,
  bytes: 768_000,
  lanes: [[], []],
  seconds: [0],
};

function player(openRecording: () => Promise<RecordingView> = async () => view) {
  const engine = { play: vi.fn(), pause: vi.fn(), seek: vi.fn(), setSpeed: vi.fn(), close: vi.fn() } satisfies Engine;
  const opened: { source: Source; events: EngineEvents }[] = [];
  const open = (source: Source, events: EngineEvents) => {
    opened.push({ source, events });
    return engine;
  };
  const subject = new Player({ openRecording, recordingUrl: (path) => `audio://${path}` }, open);
  return { player: subject, engine, opened };
}

describe("the player", () => {
  it("plays a recording from the address of its bytes", async () => {
    const { player: subject, engine, opened } = player();
    await subject.play(recorded);
    expect(opened[0]?.source).toMatchObject({ url: "audio://o/rec1", mime: "audio/mpeg", length: 192 });
    expect(engine.play).toHaveBeenCalled();
  });

  it("keeps the place within the recording", async () => {
    const { player: subject, engine } = player();
    await subject.play(recorded);
    subject.seek(1000);
    expect(engine.seek).toHaveBeenLastCalledWith(192);
    subject.skip(-500);
    expect(engine.seek).toHaveBeenLastCalledWith(0);
    expect(subject.time).toBe(0);
  });

  it("keeps the speed for the next recording", async () => {
    const { player: subject, engine } = player();
    await subject.play(recorded);
    subject.setSpeed(1.5);
    await subject.play(recorded);
    expect(engine.setSpeed).toHaveBeenLastCalledWith(1.5);
    expect(engine.close).toHaveBeenCalledTimes(1);
  });

  it("pauses what plays and plays what is paused", async () => {
    const { player: subject, engine, opened } = player();
    await subject.play(recorded);
    opened[0]?.events.playing(true);
    subject.toggle();
    expect(engine.pause).toHaveBeenCalledTimes(1);
    opened[0]?.events.playing(false);
    subject.toggle();
    expect(engine.play).toHaveBeenCalledTimes(2);
  });

  it("waits while a recording is prepared, as long as it was told to", async () => {
    let tries = 0;
    const { player: subject, opened } = player(async () => {
      if (++tries < 3) throw failure("notReady", { retryAfterMs: 2000 });
      return view;
    });
    await subject.play(recorded);
    expect(subject.preparing).toBe(true);
    await vi.advanceTimersByTimeAsync(4000);
    expect(opened).toHaveLength(1);
    expect(subject.preparing).toBe(false);
  });

  it("stops asking once it was put away", async () => {
    const ask = vi.fn(async () => Promise.reject(failure("notReady")));
    const { player: subject } = player(ask);
    await subject.play(recorded);
    subject.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("says why a recording cannot be played", async () => {
    const { player: subject } = player(async () => Promise.reject(failure("gone")));
    await subject.play(recorded);
    expect(subject.failed).toBe("gone");
  });

  it("falls silent when it fails, and goes on from there when it is tried again", async () => {
    const { player: subject, engine, opened } = player();
    await subject.play(recorded);
    opened[0]?.events.playing(true);
    opened[0]?.events.time(61);
    opened[0]?.events.failed("unreachable");
    expect(engine.close).toHaveBeenCalledTimes(1);
    expect([subject.failed, subject.playing, subject.time]).toEqual(["unreachable", false, 61]);
    await subject.again();
    expect(engine.seek).toHaveBeenLastCalledWith(61);
    expect([subject.failed, opened.length]).toEqual([undefined, 2]);
  });

  it("plays only the last of two that were asked for", async () => {
    const { player: subject, opened } = player();
    void subject.play(recorded);
    void subject.play(row(2, { recording: { id: "rec2", state: "ready" } }));
    await settle();
    expect(opened).toHaveLength(1);
    expect(subject.row?.call.id).toBe("call2");
  });
});
