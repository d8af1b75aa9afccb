import type { CardPhase } from "$generated/CardPhase";
import { language } from "$lib/language.svelte";
import { cardText } from "$messages/card";
import { card } from "$tests/build";
import { beforeEach, describe, expect, it } from "vitest";
import { context, hints } from "./hints";
import { elapsed, phaseLooks } from "./phases";

const phases = Object.keys(phaseLooks) as CardPhase[];
const at = (seconds: number) => Date.parse("2025-11-20T12:00:00Z") + seconds * 1000;

beforeEach(() => (language.code = "ru"));

describe("timers", () => {
  it("count a ringing call from its beginning, by the office's clock", () => {
    expect(elapsed(card("ringing"), at(4))).toBe(4000);
    expect(elapsed(card("ringing", { clockOffsetMs: 2500 }), at(4))).toBe(6500);
  });

  it("count a talk from the answer", () => {
    expect(elapsed(card("talking", { answeredAt: "2025-11-20T12:00:05Z" }), at(10))).toBe(5000);
  });

  it("stand still once the call is over", () => {
    const over = card("ended", { answeredAt: "2025-11-20T12:00:05Z", endedAt: "2025-11-20T12:01:05Z" });
    expect(elapsed(over, at(9999))).toBe(60_000);
  });

  it("never run backwards when the clocks disagree", () => {
    expect(elapsed(card("ringing", { clockOffsetMs: -9000 }), at(4))).toBe(0);
  });

  it("are not shown for a call that nobody answered", () => {
    expect(elapsed(card("missed"), at(4))).toBeUndefined();
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
    const offered = phases.filter((phase) => phaseLooks[phase].callBack);
    expect(offered).toEqual(["missed", "ownPhoneBusy", "busy", "noAnswer", "failed"]);
    expect(offered.every((phase) => phaseLooks[phase].over)).toBe(true);
  });

  it("are told apart by more than colour", () => {
    for (const phase of ["ringing", "calling", "talking", "onHold"] as const) {
      expect(phaseLooks[phase].mark).not.toBe("none");
    }
  });
});

describe("hints", () => {
  it("say that the agent's own phone rings first, never that a call comes in", () => {
    expect(hints(card("pickUpYourPhone"))[0]).toContain("зазвонит ваш телефон");
  });

  it("say where a call has to be ended, while there is something to end", () => {
    expect(hints(card("talking", { hangupOnPhone: true }))).toEqual([cardText().hangupOnPhone]);
    expect(hints(card("ended", { hangupOnPhone: true }))).toEqual([]);
  });

  it("says what to key in while that may be needed", () => {
    expect(hints(card("calling", { extension: "12" }))).toEqual(["Когда ответят, наберите добавочный: 12"]);
    expect(hints(card("talking", { postDial: "1#" }))).toEqual(["Когда ответят, наберите: 1#"]);
    expect(hints(card("ended", { extension: "12" }))).toEqual([]);
  });

  it("say why a call failed in the PBX's words, and point nowhere else", () => {
    expect(hints(card("failed", { endReason: "1120" }))).toEqual(["Код АТС: 1120"]);
    expect(hints(card("failed"))).toEqual([cardText().failedHint]);
    expect(hints(card("missed"))).toEqual([]);
  });

  it("say that nothing has confirmed the command", () => {
    expect(hints(card("pickUpYourPhone", { notConfirmed: true }))).toContain(cardText().notConfirmed);
  });

  it("tell of the last talk and its note", () => {
    const lastTalk = { at: "2025-11-20T09:00:00Z", agent: "Ирина", talkMs: 192_000, note: "доставка на 18:00" };
    expect(context(card("ringing", { lastTalk }), at(0))).toMatch(
      / · говорила Ирина, 3:12 · заметка: «доставка на 18:00»$/,
    );
    expect(context(card("ringing"), at(0))).toBeUndefined();
  });
});
