import type { CardPhase } from "$generated/CardPhase";
import { language } from "$lib/language.svelte";
import { cardText } from "$messages/card";
import { card } from "$tests/build";
import { beforeEach, describe, expect, it } from "vitest";
import { phaseStyles, timerWords } from "./phases";

const phases = Object.keys(phaseStyles) as CardPhase[];
const at = (seconds: number) => Date.parse("2025-11-20T12:00:00Z") + seconds * 1000;

beforeEach(() => (language.code = "ru"));

describe("timers", () => {
  it("count a ringing call from its beginning, by the office's clock", () => {
    expect(timerWords(card("ringing"), at(4))).toBe("0:04");
    expect(timerWords(card("ringing", { clockOffsetMs: 2500 }), at(4))).toBe("0:06");
  });

  it("count a talk from the answer", () => {
    expect(timerWords(card("talking", { answeredAt: "2025-11-20T12:00:05Z" }), at(10))).toBe("0:05");
  });

  it("stand still once the call is over", () => {
    const over = card("ended", { answeredAt: "2025-11-20T12:00:05Z", endedAt: "2025-11-20T12:01:05Z" });
    expect(timerWords(over, at(9999))).toBe("1:00");
  });

  it("never run backwards when the clocks disagree", () => {
    expect(timerWords(card("ringing", { clockOffsetMs: -9000 }), at(4))).toBe("0:00");
  });

  it("tell how long a missed call rang", () => {
    const missed = card("missed", { endedAt: "2025-11-20T12:00:24Z" });
    expect(timerWords(missed, at(9999))).toBe("звонила 0:24");
    language.code = "en";
    expect(timerWords(missed, at(9999))).toBe("rang 0:24");
    expect(timerWords(card("missed", { endedAt: "2025-11-20T12:00:00Z" }), at(9999))).toBeUndefined();
  });

  it("are not shown where nothing lasted", () => {
    expect(timerWords(card("busy"), at(4))).toBeUndefined();
  });
});

describe("phases", () => {
  it.each(phases)("%s has its words in both languages", (phase) => {
    const russian = cardText().phases[phase];
    language.code = "en";
    expect(russian).not.toBe("");
    expect(cardText().phases[phase]).not.toBe(russian);
  });

  it("offer to call back where that is the thing to do, and never while the call goes on", () => {
    const offered = phases.filter((phase) => phaseStyles[phase].callBack);
    expect(offered).toEqual(["missed", "ownPhoneBusy", "busy", "noAnswer", "failed"]);
    expect(offered.every((phase) => phaseStyles[phase].over)).toBe(true);
  });

  it("are told apart by more than colour", () => {
    const running = ["ringing", "calling", "talking", "onHold", "missed"] as const;
    expect(new Set(running.map((phase) => phaseStyles[phase].icon)).size).toBe(running.length);
  });
});
