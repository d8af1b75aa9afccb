import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
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

  it("that are being edited keep what was written when a colleague's replaces the old one", async () => {
    const note = { id: "1", text: "до 18:00", author: "Ирина", at: "2025-11-20T12:00:00Z", alsoEditedBy: [] };
    const user = userEvent.setup();
    const { rerender } = render(Notes, { notes: [note], save: async () => true });
    await user.click(screen.getByTestId("note-edit"));
    await user.type(screen.getByTestId("note-text"), ", звонить за час");
    await rerender({ notes: [{ ...note, id: "2", text: "до 19:00" }] });
    expect((screen.getByTestId("note-text") as HTMLTextAreaElement).value).toBe("до 18:00, звонить за час");
    expect(screen.getByTestId("note").textContent).toContain("до 19:00");
  });
});
