import type { ControlView } from "$generated/ControlView";
import type { DialPreview } from "$generated/DialPreview";
import { language } from "$lib/language.svelte";
import { later, preview, dialConnection } from "$tests/build";
import { chosen, FOUND, input, results, showField } from "$tests/commandField";
import { screen } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";

beforeEach(() => (language.code = "ru"));

describe("digits in the field", () => {
  it("show the number while it is typed, with the phone that rings first, and Enter calls", async () => {
    const { placeCall, user } = showField({ region: { country: "RU", area: { ru: "Москва", en: "Moscow" } } });
    await user.type(input(), "89001234567");
    expect(screen.getByTestId("dial-number").textContent).toBe("shown 89001234567");
    expect(screen.getByText("Москва")).toBeDefined();
    expect(screen.getByText("Сначала зазвонит ваш телефон 102")).toBeDefined();
    expect(placeCall).not.toHaveBeenCalled();
    await user.keyboard("{Enter}");
    expect(placeCall).toHaveBeenCalledTimes(1);
    expect(screen.queryByTestId("command-panel")).toBeNull();
  });

  it("are copied as they would be dialled, unless something of the field is marked", async () => {
    const { user } = showField();
    const write = vi.spyOn(navigator.clipboard, "writeText");
    await user.type(input(), "89001234567{Control>}c{/Control}");
    await vi.waitFor(() => expect(screen.getByTestId("number-copy").textContent).toContain("скопировано"));
    expect(write.mock.calls).toEqual([["89001234567"]]);
    input().setSelectionRange(0, 3);
    await user.keyboard("{Control>}c{/Control}");
    expect(write).toHaveBeenCalledTimes(1);
  });

  it("say what was last spoken about", async () => {
    const lastTalk = { at: "2025-11-20T12:00:00Z", agent: "Ирина", talkMs: 1000, note: "доставка" };
    const { user } = showField({ lastTalk, name: "Ольга" });
    await user.type(input(), "89001234567");
    expect(screen.getByTestId("dial-last-talk").textContent).toContain("Ирина · «доставка»");
  });

  it("find other calls too, and Enter means the number until one of them is chosen", async () => {
    const { placeCall, openCall, user } = showField({}, () => FOUND);
    await user.type(input(), "2345");
    await vi.waitFor(() => expect(results()).toHaveLength(4));
    expect(chosen()).toBeUndefined();
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}{ArrowUp}");
    expect(chosen()).toBeUndefined();
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    expect(openCall).toHaveBeenCalledWith({ office: "o", id: "call1" });
    expect(placeCall).not.toHaveBeenCalled();
  });

  it("list every call that has them on Ctrl Enter", async () => {
    const { list, placeCall, user } = showField({}, () => FOUND);
    await user.type(input(), "2345{Control>}{Enter}{/Control}");
    expect(list).toHaveBeenCalledWith("2345");
    expect(placeCall).not.toHaveBeenCalled();
  });

  it.each(["premium", "international", "alsoExtension"] as const)("%s: only Ctrl Enter calls", async (warning) => {
    const { placeCall, list, user } = showField({ warnings: [warning], asks: true });
    await user.type(input(), "+442079460958{Enter>3/}{Enter}");
    expect(placeCall).not.toHaveBeenCalled();
    expect(screen.getByTestId("dial-confirm").textContent).toContain("Всё равно позвонить");
    expect(screen.getByTestId("dial-cancel").textContent).toContain("Не звонить");
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(placeCall).toHaveBeenCalledTimes(1);
    expect(list).not.toHaveBeenCalled();
  });

  it("go away on Escape, and the keyboard goes back to who had it", async () => {
    const { user, field } = showField();
    const before = document.body.appendChild(document.createElement("button"));
    before.focus();
    field.call();
    await vi.waitFor(() => expect(document.activeElement).toBe(input()));
    await user.keyboard("112{Escape}");
    expect(screen.queryByTestId("command-panel")).toBeNull();
    expect(input().value).toBe("");
    expect(document.activeElement).toBe(before);
    before.remove();
  });

  it("keep in sight what was said until the next word is there, but call nothing of it", async () => {
    const answer = later<DialPreview>();
    const { dial, user } = showField();
    await user.type(input(), "112");
    Object.assign(dial, { platform: { previewDial: () => answer.promise } });
    await user.type(input(), "3");
    expect(screen.getByTestId("dial-number").textContent).toBe("shown 112");
    expect((screen.getByTestId("dial-confirm") as HTMLButtonElement).disabled).toBe(true);
    answer.resolve(preview("1123"));
    await vi.waitFor(() => expect(screen.getByTestId("dial-number").textContent).toBe("shown 1123"));
  });

  it("say what is left to key in, which other number they may mean, and the connections to call through", async () => {
    const connections = ["rt1", "mango1"].map((connection) =>
      dialConnection({ connection, title: { ru: connection, en: connection } }),
    );
    const changes = { number: { extension: "123", postDial: "100#" }, other: "+98 916 204 5518", connections };
    const { placeCall, user } = showField(changes);
    await user.type(input(), "989162045518,,100#");
    expect(screen.getByText("Когда ответят, наберите добавочный: 123")).toBeDefined();
    expect(screen.getByText("Когда ответят, наберите: 100#")).toBeDefined();
    expect(screen.getByText("Другой номер: +98 916 204 5518")).toBeDefined();
    await user.keyboard("{Alt>}l{/Alt}");
    expect(document.activeElement).toBe(screen.getByTestId("dial-way"));
    await user.selectOptions(screen.getByTestId("dial-way"), "mango1");
    await user.click(screen.getByTestId("dial-confirm"));
    expect(placeCall).toHaveBeenCalledWith(expect.objectContaining({ connection: "mango1" }));
  });
});

describe("a number of another program", () => {
  it("is asked about, and no key or click that was meant for something else calls it", async () => {
    const { dial, placeCall, user } = showField();
    await user.click(input());
    await dial.show("tel:+74951234567", "program");
    const confirm = (await screen.findByTestId("dial-confirm")) as HTMLButtonElement;
    expect(screen.getByText(/Номер передала другая программа/)).toBeDefined();
    expect(document.activeElement).toBe(screen.getByTestId("dial-cancel"));
    await user.click(confirm);
    await user.click(input());
    await user.keyboard("{Enter}{Enter}");
    expect(placeCall).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(confirm.disabled).toBe(false));
    await user.keyboard("{Enter}");
    expect(placeCall).not.toHaveBeenCalled();
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(placeCall).toHaveBeenCalledTimes(1);
  });

  it("is called by no Ctrl Enter that was on its way when it came", async () => {
    const { dial, placeCall, user } = showField();
    await user.click(input());
    await dial.show("tel:+74951234567", "program");
    await screen.findByTestId("dial-confirm");
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(placeCall).not.toHaveBeenCalled();
  });

  it("is put away by its button", async () => {
    const { dial, placeCall, user } = showField();
    await dial.show("tel:+74951234567", "program");
    await user.click(await screen.findByTestId("dial-cancel"));
    expect(screen.queryByTestId("command-panel")).toBeNull();
    expect(placeCall).not.toHaveBeenCalled();
  });

  it("say who is rung first, by keys alone, and call only by the button", async () => {
    const controls: ControlView[] = [{ ability: "customerFirst", cannot: "notOffered" }, { ability: "groupCallback" }];
    const groups = [{ number: "500", title: "Support" }];
    const { placeCall, user } = showField({ connections: [dialConnection({ controls, groups })] });
    await user.type(input(), "89001234567");
    expect(screen.getByTestId("dial-rings-first").textContent).toContain("Сначала зазвонит ваш телефон 102");
    expect(screen.getByTestId("dial-missing").textContent).toContain("звонить, вызывая сначала клиента");
    await user.keyboard("{Alt>}g{/Alt}");
    expect(document.activeElement).toBe(screen.getByTestId("dial-group"));
    await user.selectOptions(screen.getByTestId("dial-group"), "500");
    expect(screen.getByTestId("dial-rings-first").textContent).toContain("Сначала зазвонит группа «Support»");
    await user.keyboard("{Alt>}f{/Alt}");
    await user.selectOptions(screen.getByTestId("dial-first"), "customer");
    expect(screen.getByTestId("dial-rings-first").textContent).toContain("Сначала зазвонит телефон клиента");
    await user.keyboard("{Enter}");
    expect(placeCall).not.toHaveBeenCalled();
    await user.tab();
    await user.keyboard("{Enter}");
    expect(placeCall).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ group: "500", customerFirst: true }));
  });
});
