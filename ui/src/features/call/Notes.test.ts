import { render, screen } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import Notes from "./Notes.svelte";

const MARKUP = '<b>bold</b> <img src="x" onerror="alert(1)">';

describe("notes", () => {
  it("are shown as text, whatever markup they hold", () => {
    const note = { id: "1", text: MARKUP, author: MARKUP, at: "2025-11-20T12:00:00Z", alsoEditedBy: [MARKUP] };
    render(Notes, { notes: [note], save: async () => true });
    const shown = screen.getByTestId("note");
    expect(shown.querySelector(".text")?.textContent).toBe(MARKUP);
    expect(shown.textContent?.split(MARKUP)).toHaveLength(4);
    expect(shown.querySelector("b, img")).toBeNull();
  });
});
