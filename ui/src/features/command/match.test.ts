import { describe, expect, it } from "vitest";
import { otherLayout, pieces } from "./match";

const marked = (text: string, question: string) =>
  pieces(text, question)
    .map((piece) => (piece.isHit ? `[${piece.text}]` : piece.text))
    .join("");

describe("what is marked in a text", () => {
  it.each([
    ["Ольга Морозова", "моро", "Ольга [Моро]зова"],
    ["Пётр Артёмов", "артем пет", "[Пёт]р [Артём]ов"],
    ["+7 916 204-55-18", "2045518", "+7 916 [204-55-18]"],
    ["+7 916 204-55-18", "8 916", "+[7 916] 204-55-18"],
    ["Звонить на 204-55-18", "55 18", "Звонить на 204-[55-18]"],
    ["Ольга", "иван", "Ольга"],
    ["İİ", "ii", "İİ"],
    ["Анна", "", "Анна"],
  ])("%s, asked for %s", (text, question, expected) => {
    expect(marked(text, question)).toBe(expected);
    expect(marked(text, question).replace(/[[\]]/g, "")).toBe(text);
  });
});

describe("a text in the other layout", () => {
  it.each([
    ["vjhjpjdf", "морозова"],
    ["ыьшер", "smith"],
    ["204", undefined],
    ["a;b", "фжи"],
    ["щ[", undefined],
  ])("%s", (text, expected) => expect(otherLayout(text)).toBe(expected));
});
