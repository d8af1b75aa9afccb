import { describe, expect, it } from "vitest";
import { initials, isMissed } from "./calls";
import { newCommand } from "./command";
import { toContractError } from "./errors";
import { language } from "./language.svelte";
import { named, partyNumber, partySubtitle, partyTitle } from "./party";
import { row } from "$tests/build";

describe("initials", () => {
  it.each([
    ["Морозова Ольга", "МО"],
    ["ООО «Вектор»", "ОВ"],
    ["Иван", "И"],
    ["+7 916", undefined],
    [undefined, undefined],
  ])("%s: %s", (name, letters) => expect(initials(name)).toBe(letters));
});

describe("a party", () => {
  it("shows the number in the name's place when there is no name", () => {
    const party = { internal: false, number: "+7 901 123-45-67" };
    expect(partyTitle(party)).toBe("+7 901 123-45-67");
    expect(partySubtitle(party)).toBeUndefined();
  });

  it("is called by its name where only the number was told", () => {
    const party = { internal: false, name: "Морозова Ольга", number: "+7 901 123-45-67" };
    expect(named(party, "+7 901 123-45-67")).toBe("Морозова Ольга");
    expect(named(party, "101")).toBe("101");
  });

  it("says that a number is hidden, and that one is an extension", () => {
    language.code = "ru";
    expect(partyTitle({ internal: false })).toBe("Скрытый номер");
    expect(partyNumber({ internal: true, number: "101" })).toBe("доб. 101");
  });
});

describe("a missed call", () => {
  it("is one that ended unanswered, never one that a colleague took", () => {
    expect(isMissed(row(1, { result: "missed" }))).toBe(true);
    expect(isMissed(row(1, { result: "answeredElsewhere" }))).toBe(false);
    expect(isMissed(row(1, { state: "ringing" }))).toBe(false);
  });
});

describe("what a command throws", () => {
  it("is passed on when it is the contract's, and is our own fault otherwise", () => {
    expect(toContractError({ code: "gone", message: "m" }).code).toBe("gone");
    expect(toContractError(new Error("broken"))).toEqual({ code: "internal", message: "broken" });
  });
});

describe("commands", () => {
  it("are UUIDs of version 4, each its own", () => {
    const one = newCommand();
    expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(newCommand()).not.toBe(one);
  });
});
