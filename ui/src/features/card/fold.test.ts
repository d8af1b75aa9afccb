import { describe, expect, it } from "vitest";
import { fitting } from "./fold";

describe("the stack of cards", () => {
  it("shows all that fit", () => {
    expect(fitting(4, 1050, true)).toBe(4);
    expect(fitting(2, 768, true)).toBe(2);
  });

  it("folds what would leave the screen at 1366 × 768", () => {
    expect(fitting(4, 768, true)).toBe(2);
    expect(fitting(4, 740, false)).toBe(3);
    expect(fitting(3, 740, false)).toBe(3);
  });

  it("shows one at least, on the same screen at scale 2", () => {
    expect(fitting(4, 384, true)).toBe(1);
    expect(fitting(1, 100, true)).toBe(1);
  });
});
