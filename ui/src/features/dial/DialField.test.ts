import type { DialPreview } from "$generated/DialPreview";
import { language } from "$lib/language.svelte";
import { later, preview, type PreviewChanges } from "$tests/build";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Dial } from "./dial.svelte";
import DialField from "./DialField.svelte";

beforeEach(() => (language.code = "ru"));

function show(changes: PreviewChanges = {}) {
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

  it("calls no number of another program by a key or a click that was meant for something else", async () => {
    const { dial, placeCall, user } = show();
    await user.click(screen.getByTestId("dial-input"));
    await dial.show("tel:+74951234567", "program");
    const confirm = (await screen.findByTestId("dial-confirm")) as HTMLButtonElement;
    expect(document.activeElement).toBe(screen.getByTestId("dial-cancel"));
    await user.click(confirm);
    await user.click(screen.getByTestId("dial-input"));
    await user.keyboard("{Enter}{Enter}");
    expect(placeCall).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(confirm.disabled).toBe(false));
    await user.keyboard("{Enter}");
    expect(placeCall).not.toHaveBeenCalled();
    await user.click(confirm);
    expect(placeCall).toHaveBeenCalledTimes(1);
  });

  it("takes the keyboard for each number that is clicked", async () => {
    const { dial } = show();
    await dial.show("112");
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("dial-input")));
    screen.getByTestId("dial-cancel").focus();
    await dial.show("113");
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("dial-input")));
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
    expect(screen.getByText("Звонок на этот номер платный. Позвонить?")).toBeDefined();
    expect(screen.getByText("Звонок за границу.")).toBeDefined();
    expect(screen.getByText("102, зазвонит первым")).toBeDefined();
  });

  it("asks once more where that was told", async () => {
    const { placeCall, user } = show({ number: { kind: "emergency" }, warnings: ["alsoExtension"], asks: true });
    await user.type(screen.getByTestId("dial-input"), "102{Enter>3/}");
    expect(placeCall).not.toHaveBeenCalled();
    const confirm = screen.getByTestId("dial-confirm");
    expect(confirm.textContent?.trim()).toBe("Всё равно позвонить");
    expect(document.activeElement).toBe(confirm);
    await user.click(confirm);
    expect(placeCall).toHaveBeenCalledTimes(1);
  });

  it("says which extension is left to dial by hand", async () => {
    const { user } = show({ number: { extension: "123" } });
    await user.type(screen.getByTestId("dial-input"), "84951234567,123");
    expect(screen.getByText("Когда ответят, наберите добавочный: 123")).toBeDefined();
  });

  it("says what is left to key in, and which other number the text may mean", async () => {
    const { user } = show({
      number: { postDial: "100#" },
      other: "+98 916 204 5518",
      warnings: ["twoReadings"],
      asks: true,
    });
    await user.type(screen.getByTestId("dial-input"), "989162045518,,100#");
    expect(screen.getByText("Когда ответят, наберите: 100#")).toBeDefined();
    expect(screen.getByText("Другой номер: +98 916 204 5518")).toBeDefined();
  });

  it("keeps in sight what it said until the next word is there, but calls nothing of it", async () => {
    const answer = later<DialPreview>();
    const dial = new Dial({
      placeCall: vi.fn(),
      previewDial: async ({ text }) => (text === "112" ? preview(text) : answer.promise),
    });
    render(DialField, { dial });
    await dial.type("112");
    void dial.type("1123");
    expect((await screen.findByTestId("dial-number")).textContent).toBe("shown 112");
    await vi.waitFor(() => expect((screen.getByTestId("dial-confirm") as HTMLButtonElement).disabled).toBe(true));
    answer.resolve(preview("1123"));
    await vi.waitFor(() => expect(screen.getByTestId("dial-number").textContent).toBe("shown 1123"));
  });

  it("offers the ways where there are several", async () => {
    const ways = ["rt1", "mango1"].map((connection) => ({
      office: "o",
      connection,
      title: { ru: connection, en: connection },
      from: "102",
    }));
    const { placeCall, user } = show({ ways });
    await user.type(screen.getByTestId("dial-input"), "112");
    await user.selectOptions(screen.getByTestId("dial-way"), "mango1");
    await user.click(screen.getByTestId("dial-confirm"));
    expect(placeCall).toHaveBeenCalledWith(expect.objectContaining({ connection: "mango1" }));
  });
});
