import { callsText } from "$messages/calls";
import { beforeEach, describe, expect, it } from "vitest";
import { englishCount, language, russianCount } from "./language.svelte";

describe("Russian plurals", () => {
  it.each([
    [0, "0 звонков"],
    [1, "1 звонок"],
    [2, "2 звонка"],
    [5, "5 звонков"],
    [11, "11 звонков"],
    [21, "21 звонок"],
    [22, "22 звонка"],
    [111, "111 звонков"],
  ])("%i is said as %s", (count, said) => {
    expect(russianCount(count, "звонок", "звонка", "звонков")).toBe(said);
  });
});

describe("English plurals", () => {
  it.each([
    [1, "1 call"],
    [2, "2 calls"],
    [21, "21 calls"],
    [1000, "1,000 calls"],
  ])("%i is said as %s", (count, said) => {
    expect(englishCount(count, "call", "calls")).toBe(said);
  });
});

describe("texts", () => {
  beforeEach(() => (language.code = "ru"));

  it("follow the language as it changes", () => {
    expect(callsText().filters.missed).toBe("Пропущенные");
    language.code = "en";
    expect(callsText().filters.missed).toBe("Missed");
  });
});
