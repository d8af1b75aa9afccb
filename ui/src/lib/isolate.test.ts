import { describe, expect, it } from "vitest";
import { dotted, isolate } from "./isolate";

describe("a stranger's text in a sentence", () => {
  it.each(["שלום", "شركة الشرق", "Anna\u200f"])("is isolated where it is written from right to left: %j", (text) => {
    expect(isolate(text)).toBe(`\u2068${text}\u2069`);
  });

  it.each(["\u202eanna", "an\u2069na", "\u2066\u2067\u2068anna\u202c"])(
    "loses the controls that could turn it: %j",
    (text) => {
      expect(isolate(text)).toBe("anna");
    },
  );

  it("stays as it is where nothing can turn the sentence", () => {
    expect(isolate("ООО «Вектор» & Co. <опт>")).toBe("ООО «Вектор» & Co. <опт>");
  });

  it("stands beside others, without those that are missing", () => {
    expect(dotted("Продажи", undefined, "", "\u202e101", "שלום")).toBe("Продажи · 101 · \u2068שלום\u2069");
  });
});
