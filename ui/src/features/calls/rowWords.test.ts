import type { CallRow } from "$generated/CallRow";
import { language } from "$lib/language.svelte";
import { person } from "$lib/person.svelte";
import { row } from "$tests/build";
import { beforeEach, describe, expect, it } from "vitest";
import { listWord, rowAgent, waits, waitsLong } from "./rowWords";

const NOW = Date.parse("2025-11-20T12:42:00Z");

beforeEach(() => {
  language.code = "ru";
  person.view = { name: "Пётр Волков", extensions: ["102"] };
});

const says = (changes: Partial<CallRow>) => listWord(row(0, changes), NOW).word;
const olga = (changes: Partial<CallRow> = {}): Partial<CallRow> => ({
  party: { internal: false, name: "Ольга Морозова", number: "+7 900 123-45-67", dial: "+79001234567" },
  ...changes,
});

describe("what a row says of its call", () => {
  it.each([
    ["a colleague’s talk", { agent: "Ирина Соколова" }, "Ответила Ирина Соколова"],
    ["the person’s own", { agent: "Пётр Волков" }, "Отвечен"],
    ["the person’s own by its extension", { agent: "102" }, "Отвечен"],
    ["one of an extension without a name", { agent: "105" }, "Отвечен"],
    ["one that a colleague took", { result: "answeredElsewhere", agent: "Анна" } as const, "Ответила Анна"],
    ["a customer who answered", olga({ direction: "outgoing" }), "Ответила"],
    ["a number that answered", { direction: "outgoing" } as const, "Ответили"],
    ["a customer who did not", olga({ direction: "outgoing", result: "noAnswer" }), "Не ответили"],
    ["a missed one of today", { result: "missed" } as const, "Ждёт 42 мин"],
    [
      "a missed one that was called back",
      { result: "missed", reached: { at: "2025-11-20T12:10:00Z", calledBack: true } } as const,
      "Перезвонили в 12:10",
    ],
    [
      "one called back on another day",
      { result: "missed", reached: { at: "2025-11-18T12:10:00Z", calledBack: true } } as const,
      "Перезвонили 18 ноября",
    ],
    ["a missed one of another day", { result: "missed", startedAt: "2025-11-18T12:00:00Z" } as const, "Пропущен"],
    [
      "one that called again",
      olga({ result: "missed", reached: { at: "2025-11-20T12:10:00Z", calledBack: false } }),
      "Дозвонилась в 12:10",
    ],
    [
      "one of another day that was reached today",
      {
        result: "missed",
        startedAt: "2025-11-18T12:00:00Z",
        reached: { at: "2025-11-20T12:10:00Z", calledBack: true },
      } as const,
      "Перезвонили сегодня",
    ],
    ["a hidden number", { result: "missed", party: { internal: false } } as const, "Пропущен"],
  ])("%s: %s", (_, changes, expected) => expect(says(changes)).toBe(expected));

  it("is said of the person here as of you", () => {
    expect(rowAgent(row(0, { agent: "Пётр Волков" }))).toBe("вы");
    expect(rowAgent(row(0, { agent: "Ирина" }))).toBe("Ирина");
  });

  it("is urgent after half an hour", () => {
    const missed = row(0, { result: "missed" });
    expect([waits(missed, NOW), waitsLong(missed, NOW)]).toEqual([true, true]);
    expect(waitsLong(row(0, { startedAt: "2025-11-20T12:20:00Z" }), NOW)).toBe(false);
  });
});
