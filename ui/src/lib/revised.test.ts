import { describe, expect, it } from "vitest";
import { Revised } from "./revised.svelte";

describe("a revised view", () => {
  it("keeps the newer one, whichever comes first", () => {
    const revised = new Revised<{ revision: number; word: string }>();
    expect(revised.accept({ revision: 5, word: "event" })).toBe(true);
    expect(revised.accept({ revision: 4, word: "late snapshot" })).toBe(false);
    expect(revised.current?.word).toBe("event");
    expect(revised.accept({ revision: 6, word: "next" })).toBe(true);
    expect(revised.current?.word).toBe("next");
  });
});
