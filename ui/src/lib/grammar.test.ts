import { describe, expect, it } from "vitest";
import { byGender, isFeminine } from "./grammar";

describe("gender of a name", () => {
  it.each([
    ["Ирина", true],
    ["Ирина · 101", true],
    ["Соколова И.", true],
    ["Женя Петрова", true],
    ["Пётр", false],
    ["Никита", false],
    ["Лебедев Илья", false],
    ["101", undefined],
    ["John", undefined],
  ])("%s: %s", (name, feminine) => {
    expect(isFeminine(name)).toBe(feminine);
  });

  it("picks the verb", () => {
    expect(byGender("Ирина", "ответил", "ответила")).toBe("ответила");
    expect(byGender("102", "ответил", "ответила")).toBe("ответил");
  });
});
