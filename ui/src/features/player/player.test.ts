import type { RecordingView } from "$generated/RecordingView";
import { failure, row, settle } from "$tests/build";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BytesError } from "./bytes";
import type { Engine, EngineEvents, Source } from "./engine";
import { Player } from "./player.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const recorded = row(1, { recording: { id: "rec1", state: "ready" }, talkMs: 190_000 });
const view: RecordingView = {
  id: "rec1",
  mime: "audio/mpeg",
  durationMs: 192_000,
  bytes: 768_000,
  lanes: [[], []],
  seconds: [0],
};

function player(openRecording: () => Promise<RecordingView> = async () => view) {
  const engine = {
    play: vi.fn(),
    pause: vi.fn(),
    seek: vi.fn(),
    setSpeed: vi.fn(),
    measured: vi.fn(),
    close: vi.fn(),
  } satisfies Engine;
  const opened: { source: Source; events: EngineEvents }[] = [];
  const open = async (source: Source, events: EngineEvents) => {
    opened.push({ source, events });
    return engine;
  };
  const recordingPieceUrl = (path: string, from: number, to: number) => `audio://${path}?${from}-${to}`;
  const subject = new Player({ openRecording, recordingUrl: (path) => `audio://${path}`, recordingPieceUrl }, open);
  return { player: subject, engine, opened };
}

describe("the player", () => {
  it("plays a recording from the address of its bytes", async () => {
    const { player: subject, engine, opened } = player();
    await subject.play(recorded);
    expect(opened[0]?.source.url).toBe(`audio://${recorded.call.office}/rec1`);
    expect(opened[0]?.source.pieceUrl(1.5, 20)).toBe(`audio://${recorded.call.office}/rec1?1500-20000`);
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

  it("plays before the shape is known, and asks for that as often as it is told to", async () => {
    let tries = 0;
    const {
      player: subject,
      engine,
      opened,
    } = player(async () => {
      if (++tries < 3) throw failure("notReady", { retryAfterMs: 2000 });
      return view;
    });
    await subject.play(recorded);
    expect([opened.length, subject.opened, subject.recording, subject.length]).toEqual([1, true, undefined, 190]);
    expect(engine.play).toHaveBeenCalledTimes(1);
    subject.seek(100);
    expect(engine.seek).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(4000);
    expect(engine.measured).toHaveBeenCalledWith(expect.objectContaining({ length: 192, bytes: 768_000 }));
    expect([opened.length, subject.length]).toEqual([1, 192]);
    subject.seek(100);
    expect(engine.seek).toHaveBeenLastCalledWith(100);
  });

  it("plays on when only its shape cannot be had", async () => {
    let refuse = (_: unknown) => {};
    const { player: subject, engine } = player(() => new Promise((_, reject) => (refuse = reject)));
    void subject.play(recorded);
    await settle();
    refuse(failure("rateLimited"));
    await settle();
    expect([subject.failed, subject.opened]).toEqual([undefined, true]);
    expect(engine.close).not.toHaveBeenCalled();
  });

  it("tries with the shape what did not play without it", async () => {
    let give = (_: RecordingView) => {};
    const { player: subject, opened } = player(() => new Promise((resolve) => (give = resolve)));
    void subject.play(recorded);
    await settle();
    opened[0]?.events.failed("notPlayable");
    expect([subject.failed, subject.opened]).toEqual([undefined, false]);
    give(view);
    await settle();
    expect(opened[1]?.source.shape?.mime).toBe("audio/mpeg");
    opened[1]?.events.failed("notPlayable");
    expect(subject.failed).toBe("notPlayable");
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
    const never = () => new Promise<never>(() => {});
    const refused = { openRecording: async () => Promise.reject(failure("gone")), recordingUrl: String };
    const pieces = { recordingPieceUrl: String };
    const before = new Player({ ...refused, ...pieces }, never);
    void before.play(recorded);
    await settle();
    expect(before.failed).toBe("gone");
    const without = new Player({ ...refused, ...pieces, openRecording: never }, async () => {
      throw new BytesError("notFound");
    });
    void without.play(recorded);
    await settle();
    expect(without.failed).toBe("notFound");
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
    const { player: subject, engine, opened } = player();
    void subject.play(recorded);
    void subject.play(row(2, { recording: { id: "rec2", state: "ready" } }));
    await settle();
    expect(opened.at(-1)?.source.url).toMatch(/rec2$/);
    expect(subject.row?.call.id).toBe("call2");
    expect(engine.play).toHaveBeenCalledTimes(1);
  });
});
