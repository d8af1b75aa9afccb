import { describe, expect, it } from "vitest";
import { isolate } from "./isolate";

describe("a stranger's text in a sentence", () => {
  it("is isolated, so that the sentence around it keeps its order", () => {
    expect(isolate("Анна")).toBe("\u2068Анна\u2069");
  });

  it.each(["\u202eanna", "an\u2069na", "\u2066\u2067\u2068anna\u202c"])(
    "loses the controls that could leave it: %j",
    (text) => {
      expect(isolate(text)).toBe("\u2068anna\u2069");
    },
  );
});
