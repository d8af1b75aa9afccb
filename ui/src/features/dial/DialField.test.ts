import type { DialPreview } from "$generated/DialPreview";
import { language } from "$lib/language.svelte";
import { preview } from "$tests/build";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Dial } from "./dial.svelte";
import DialField from "./DialField.svelte";

beforeEach(() => (language.code = "ru"));

function show(changes: Partial<DialPreview> = {}) {
  const placeCall = vi.fn(async () => ({ call: { office: "o", id: "1" } }));
  const dial = new Dial({ placeCall, previewDial: async ({ text }) => preview(text, changes) });
  render(DialField, { dial });
  return { dial, placeCall, user: userEvent.setup() };
}

describe("the dial field", () => {
  it("shows the number while it is typed and calls on Enter", async () => {
    const { placeCall, user } = show();
    await user.type(screen.getByTestId("dial-input"), "89001234567");
    expect(screen.getByTestId("dial-number").textContent).toBe("shown 89001234567");
    await user.keyboard("{Enter}");
    expect(placeCall).toHaveBeenCalledTimes(1);
  });

  it("opens by its button first, too", async () => {
    const { placeCall, user } = show();
    await user.click(screen.getByTestId("dial-button"));
    expect(document.activeElement).toBe(screen.getByTestId("dial-input"));
    await user.keyboard("112");
    await user.click(screen.getByTestId("dial-confirm"));
    expect(placeCall).toHaveBeenCalledTimes(1);
  });

  it("asks before it calls a number of another program", async () => {
    const { dial, placeCall, user } = show();
    await dial.show("tel:+74951234567", "program");
    expect(await screen.findByText("Номер передала другая программа")).toBeDefined();
    expect(placeCall).not.toHaveBeenCalled();
    await user.click(screen.getByTestId("dial-cancel"));
    expect(screen.queryByTestId("dial-sheet")).toBeNull();
    expect(placeCall).not.toHaveBeenCalled();
  });

  it("goes away on Escape and gives the field back empty", async () => {
    const { user } = show();
    await user.type(screen.getByTestId("dial-input"), "112{Escape}");
    expect(screen.queryByTestId("dial-sheet")).toBeNull();
    expect((screen.getByTestId("dial-input") as HTMLInputElement).value).toBe("");
  });

  it("says what to know before calling, and which phone rings first", async () => {
    const { user } = show({ warnings: ["premium", "international"] });
    await user.type(screen.getByTestId("dial-input"), "+4930");
    expect(screen.getByText("Звонок на этот номер платный.")).toBeDefined();
    expect(screen.getByText("Звонок за границу.")).toBeDefined();
    expect(screen.getByText("Сначала зазвонит ваш телефон: 102")).toBeDefined();
  });

  it("asks once more where an emergency number is an extension, too", async () => {
    const { placeCall, user } = show({ kind: "emergency", warnings: ["alsoExtension"] });
    await user.type(screen.getByTestId("dial-input"), "102{Enter}");
    expect(placeCall).not.toHaveBeenCalled();
    const confirm = screen.getByTestId("dial-confirm");
    expect(confirm.textContent?.trim()).toBe("Всё равно позвонить");
    expect(document.activeElement).toBe(confirm);
    await user.click(confirm);
    expect(placeCall).toHaveBeenCalledTimes(1);
  });

  it("offers the ways where there are several", async () => {
    const ways = ["rt1", "mango1"].map((connection) => ({ office: "o", connection, title: connection, from: "102" }));
    const { placeCall, user } = show({ ways });
    await user.type(screen.getByTestId("dial-input"), "112");
    await user.selectOptions(screen.getByTestId("dial-way"), "mango1");
    await user.click(screen.getByTestId("dial-confirm"));
    expect(placeCall).toHaveBeenCalledWith(expect.objectContaining({ connection: "mango1" }));
  });
});
