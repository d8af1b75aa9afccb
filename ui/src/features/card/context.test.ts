import type { CardPhase } from "$generated/CardPhase";
import type { CardView } from "$generated/CardView";
import { language } from "$lib/language.svelte";
import { cardText } from "$messages/card";
import { card } from "$tests/build";
import { beforeEach, describe, expect, it } from "vitest";
import { context } from "./context";
import { phaseStyles } from "./phases";

const NOW = Date.parse("2025-11-20T12:00:10Z");
const lastTalk = { at: "2025-11-20T09:00:00Z", agent: "Ирина", talkMs: 192_000, note: "доставка на 18:00" };

/** The lines that the box of a card says. */
const lines = (phase: CardPhase, changes: Partial<CardView> = {}) =>
  context(card(phase, changes), NOW).map(({ words }) => words);

beforeEach(() => (language.code = "ru"));

describe("the box of a card", () => {
  it("tells of the last talk, and what was written of it", () => {
    const [talk, note] = lines("ringing", { lastTalk });
    expect(talk).toMatch(/ · говорила Ирина, 3:12$/);
    expect(note).toBe("«доставка на 18:00»");
  });

  it("tells of a talk whose length nobody knows", () => {
    const { at, agent } = lastTalk;
    expect(lines("ringing", { lastTalk: { at, agent } })[0]).toMatch(/ · говорила Ирина$/);
    expect(lines("ringing", { lastTalk: { at } })[0]).toMatch(/ · разговор$/);
    language.code = "en";
    expect(lines("ringing", { lastTalk: { at } })[0]).toMatch(/ · talked$/);
  });

  it("is never empty, in either language", () => {
    for (const code of ["ru", "en"] as const) {
      language.code = code;
      for (const phase of Object.keys(phaseStyles) as CardPhase[]) expect(lines(phase)[0], phase).toBeTruthy();
    }
    language.code = "ru";
    expect(lines("ringing")).toEqual([cardText().nothingKnown]);
  });

  it("says that the agent's own phone rings first, never that a call comes in", () => {
    expect(lines("pickUpYourPhone")[0]).toContain("зазвонит ваш телефон");
  });

  it("says what to key in while that may be needed", () => {
    expect(lines("calling", { extension: "12" })).toEqual(["Когда ответят, наберите добавочный: 12"]);
    expect(lines("talking", { postDial: "1#" })).toEqual(["Когда ответят, наберите: 1#"]);
    expect(lines("ended", { extension: "12" })).toEqual([cardText().hints.ended]);
  });

  it("says why a call failed in the PBX's words, and points nowhere else", () => {
    expect(lines("failed", { endReason: "1120" })).toEqual(["Код АТС: 1120"]);
    expect(lines("failed")).toEqual([cardText().hints.failed]);
  });

  it("says that nothing has confirmed the command", () => {
    expect(lines("pickUpYourPhone", { notConfirmed: true })).toContain(cardText().notConfirmed);
  });

  it("says of a missed call when it came, and of a hidden number that nobody can call back", () => {
    expect(lines("missed", { party: { internal: false } })).toEqual([
      "В 12:00 никто не ответил",
      cardText().notToCallBack,
    ]);
  });
});
