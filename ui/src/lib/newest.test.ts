import { describe, expect, it } from "vitest";
import { NewestView } from "./newest.svelte";

describe("the newest view", () => {
  it("keeps the newer one, whichever comes first", () => {
    const view = new NewestView<{ revision: number; word: string }>();
    expect(view.accept({ revision: 5, word: "event" })).toBe(true);
    expect(view.accept({ revision: 4, word: "late snapshot" })).toBe(false);
    expect(view.current?.word).toBe("event");
    expect(view.accept({ revision: 6, word: "next" })).toBe(true);
    expect(view.current?.word).toBe("next");
  });
});
