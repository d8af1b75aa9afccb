import type { DialPreview } from "$generated/DialPreview";
import type { LookUpView } from "$generated/LookUpView";
import { Dial } from "$features/dial/dial.svelte";
import { language } from "$lib/language.svelte";
import { objections } from "$tests/axe";
import { later, preview, row, type PreviewChanges } from "$tests/build";
import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import CommandFieldView from "./CommandField.svelte";
import type { Command } from "./commands";
import { CommandField } from "./field.svelte";

beforeEach(() => (language.code = "ru"));

const OLGA = { name: "Ольга Морозова", number: "+7 900 123-45-67", dial: "+79001234567", internal: false };
const FOUND: LookUpView = {
  people: [{ party: OLGA, calls: 3 }],
  calls: [row(1, { party: OLGA }), row(2, { party: OLGA, result: "missed" })],
  notes: [
    { call: { office: "o", id: "call9" }, party: OLGA, text: "про мороз", author: "Анна", at: "2025-11-17T12:00:00Z" },
  ],
  found: 58,
  more: false,
  since: "2025-03-03T12:00:00Z",
};
const NOTHING: LookUpView = { people: [], calls: [], notes: [], found: 0, more: false, since: "2025-03-03T12:00:00Z" };

function show(changes: PreviewChanges = {}, finds: (text: string) => LookUpView | Promise<LookUpView> = () => NOTHING) {
  const placeCall = vi.fn(async () => ({ call: { office: "o", id: "1" } }));
  const dial = new Dial({ placeCall, previewDial: async ({ text }) => preview(text, changes) });
  const run = vi.fn();
  const commands: Command[] = [
    { id: "now", icon: "now", words: "Перейти: Сейчас", keys: ["Ctrl", "1"], run: () => run("now") },
    { id: "dark", icon: "theme", words: "Тёмное оформление", also: "тема", run: () => run("dark") },
  ];
  const around = { commands: () => commands, openCall: vi.fn(), list: vi.fn() };
  const field = new CommandField({ lookUp: async ({ text }) => finds(text) }, dial, around);
  render(CommandFieldView, { field });
  return { field, dial, placeCall, run, ...around, user: userEvent.setup() };
}

const input = () => screen.getByTestId("command-input") as HTMLInputElement;
const results = () => screen.queryAllByTestId("command-result");
const chosen = () => results().find((result) => result.getAttribute("aria-selected") === "true");

describe("digits in the field", () => {
  it("show the number while it is typed, with the phone that rings first, and Enter calls", async () => {
    const { placeCall, user } = show({ region: { country: "RU", area: { ru: "Москва", en: "Moscow" } } });
    await user.type(input(), "89001234567");
    expect(screen.getByTestId("dial-number").textContent).toBe("shown 89001234567");
    expect(screen.getByText("Москва")).toBeDefined();
    expect(screen.getByText("Сначала зазвонит ваш телефон 102")).toBeDefined();
    expect(placeCall).not.toHaveBeenCalled();
    await user.keyboard("{Enter}");
    expect(placeCall).toHaveBeenCalledTimes(1);
    expect(screen.queryByTestId("command-panel")).toBeNull();
  });

  it("say what was last spoken about", async () => {
    const lastTalk = { at: "2025-11-20T12:00:00Z", agent: "Ирина", talkMs: 1000, note: "доставка" };
    const { user } = show({ lastTalk, name: "Ольга" });
    await user.type(input(), "89001234567");
    expect(screen.getByTestId("dial-last-talk").textContent).toContain("Ирина · «доставка»");
  });

  it("find other calls too, and Enter means the number until one of them is chosen", async () => {
    const { placeCall, openCall, user } = show({}, () => FOUND);
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
    const { list, placeCall, user } = show({}, () => FOUND);
    await user.type(input(), "2345{Control>}{Enter}{/Control}");
    expect(list).toHaveBeenCalledWith("2345");
    expect(placeCall).not.toHaveBeenCalled();
  });

  it.each(["premium", "international", "alsoExtension"] as const)("%s: only Ctrl Enter calls", async (warning) => {
    const { placeCall, list, user } = show({ warnings: [warning], asks: true });
    await user.type(input(), "+442079460958{Enter>3/}{Enter}");
    expect(placeCall).not.toHaveBeenCalled();
    expect(screen.getByTestId("dial-confirm").textContent).toContain("Всё равно позвонить");
    expect(screen.getByTestId("dial-cancel").textContent).toContain("Не звонить");
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(placeCall).toHaveBeenCalledTimes(1);
    expect(list).not.toHaveBeenCalled();
  });

  it("go away on Escape, and the keyboard goes back to who had it", async () => {
    const { user, field } = show();
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
    const { dial, user } = show();
    await user.type(input(), "112");
    Object.assign(dial, { platform: { previewDial: () => answer.promise } });
    await user.type(input(), "3");
    expect(screen.getByTestId("dial-number").textContent).toBe("shown 112");
    expect((screen.getByTestId("dial-confirm") as HTMLButtonElement).disabled).toBe(true);
    answer.resolve(preview("1123"));
    await vi.waitFor(() => expect(screen.getByTestId("dial-number").textContent).toBe("shown 1123"));
  });

  it("say what is left to key in, which other number they may mean, and the ways to call", async () => {
    const ways = ["rt1", "mango1"].map((connection) => ({
      office: "o",
      connection,
      title: { ru: connection, en: connection },
      from: "102",
    }));
    const changes = { number: { extension: "123", postDial: "100#" }, other: "+98 916 204 5518", ways };
    const { placeCall, user } = show(changes);
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
    const { dial, placeCall, user } = show();
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
    const { dial, placeCall, user } = show();
    await user.click(input());
    await dial.show("tel:+74951234567", "program");
    await screen.findByTestId("dial-confirm");
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(placeCall).not.toHaveBeenCalled();
  });

  it("is put away by its button", async () => {
    const { dial, placeCall, user } = show();
    await dial.show("tel:+74951234567", "program");
    await user.click(await screen.findByTestId("dial-cancel"));
    expect(screen.queryByTestId("command-panel")).toBeNull();
    expect(placeCall).not.toHaveBeenCalled();
  });
});

describe("letters in the field", () => {
  it("find people, calls, notes and commands; Enter on a person shows the number, Enter there calls", async () => {
    const { placeCall, user } = show({}, () => FOUND);
    await user.type(input(), "моро");
    await vi.waitFor(() => expect(results()).toHaveLength(5));
    expect(results().map((result) => result.dataset.kind)).toEqual(["person", "call", "call", "note", "command"]);
    expect(chosen()?.dataset.kind).toBe("person");
    expect(within(results()[0] as HTMLElement).getByText("Моро").tagName).toBe("MARK");
    expect(screen.getByText("58 найдено")).toBeDefined();
    expect(await objections()).toEqual([]);
    await user.keyboard("{Enter}");
    expect((await screen.findByTestId("dial-number")).textContent).toBe("shown +79001234567");
    expect(placeCall).not.toHaveBeenCalled();
    await user.keyboard("{Enter}");
    expect(placeCall).toHaveBeenCalledTimes(1);
  });

  it("open a call, or the call of a note", async () => {
    const { openCall, user } = show({}, () => FOUND);
    await user.type(input(), "моро");
    await vi.waitFor(() => expect(results()).toHaveLength(5));
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}{Enter}");
    expect(openCall).toHaveBeenCalledWith({ office: "o", id: "call9" });
    await user.type(input(), "моро");
    await vi.waitFor(() => expect(results()).toHaveLength(5));
    await user.click(results()[2] as HTMLElement);
    expect(openCall).toHaveBeenLastCalledWith({ office: "o", id: "call2" });
  });

  it("list every call that matches on Ctrl Enter, and by its command", async () => {
    const { list, user } = show({}, () => FOUND);
    await user.type(input(), "моро{Control>}{Enter}{/Control}");
    expect(list).toHaveBeenCalledWith("моро");
    await user.type(input(), "мороз");
    await vi.waitFor(() => expect(results()).toHaveLength(5));
    await user.click(screen.getByText("Показать все звонки: мороз"));
    expect(list).toHaveBeenLastCalledWith("мороз");
  });

  it("do on Enter what they find, not what the letters before them found", async () => {
    const answer = later<LookUpView>();
    const { openCall, user } = show({}, (text) => (text === "моро" ? FOUND : answer.promise));
    await user.type(input(), "моро");
    await vi.waitFor(() => expect(results()).toHaveLength(5));
    await user.keyboard("з{Enter}");
    answer.resolve({ ...NOTHING, calls: [row(7)], found: 1 });
    await vi.waitFor(() => expect(openCall).toHaveBeenCalledWith({ office: "o", id: "call7" }));
  });

  it("find commands by their words and by other words for them", async () => {
    const { run, user } = show();
    await user.type(input(), "тема");
    await vi.waitFor(() => expect(results()).toHaveLength(1));
    await user.keyboard("{Enter}");
    await vi.waitFor(() => expect(run).toHaveBeenCalledWith("dark"));
    expect(input().value).toBe("");
  });

  it("say where they were looked for when nothing was found, and try the other layout", async () => {
    const { user } = show({}, (text) => (text === "моро" ? FOUND : NOTHING));
    await user.type(input(), "vjhj");
    const empty = await screen.findByTestId("empty");
    expect(empty.textContent).toContain("3 марта");
    await user.click(screen.getByText("Искать: моро"));
    await vi.waitFor(() => expect(chosen()?.dataset.kind).toBe("person"));
  });

  it("are cleared by the first Escape, and the second shuts the field", async () => {
    const { user } = show({}, () => FOUND);
    await user.type(input(), "моро{Escape}");
    expect(input().value).toBe("");
    expect(screen.getByTestId("command-panel")).toBeDefined();
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("command-panel")).toBeNull();
  });
});

describe("the empty field", () => {
  it("offers what can be done, with its keys, and does nothing on Enter alone", async () => {
    const { run, user } = show();
    await user.click(input());
    expect(results().map((result) => result.dataset.kind)).toEqual(["command", "command"]);
    expect(results()[0]?.textContent).toContain("Ctrl");
    await user.keyboard("{Enter}");
    expect(run).not.toHaveBeenCalled();
    await user.keyboard("{ArrowDown}{Enter}");
    await vi.waitFor(() => expect(run).toHaveBeenCalledWith("now"));
  });
});
