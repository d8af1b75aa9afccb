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
    ["Олег Скрипка", false],
    ["Скрипка Олег", false],
    ["Олег Гагарина", false],
    ["Ольга Шевченко", true],
    ["Скрипка", undefined],
    ["Кузнецов", false],
    ["«Берёзова и Ко»", undefined],
    ["Общество с ограниченной ответственностью Заря", undefined],
    ["ООО Соколова", undefined],
    ["101", undefined],
    ["John", undefined],
  ])("%s: %s", (name, feminine) => {
    expect(isFeminine(name)).toBe(feminine);
  });

  it("picks the verb", () => {
    const answered = (name: string) => byGender(name, "ответил", "ответила", "ответ:");
    expect(["Ирина", "Пётр", "102"].map(answered)).toEqual(["ответила", "ответил", "ответ:"]);
  });
});
