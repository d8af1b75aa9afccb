import type { LookUpView } from "$generated/LookUpView";
import { language } from "$lib/language.svelte";
import { objections } from "$tests/axe";
import { later, row } from "$tests/build";
import { chosen, FOUND, input, NOTHING, results, showField } from "$tests/commandField";
import { screen, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";

beforeEach(() => (language.code = "ru"));

describe("letters in the field", () => {
  it("find people, calls, notes and commands; Enter on a person shows the number, Enter there calls", async () => {
    const { placeCall, user } = showField({}, () => FOUND);
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
    const { openCall, user } = showField({}, () => FOUND);
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
    const { list, user } = showField({}, () => FOUND);
    await user.type(input(), "моро{Control>}{Enter}{/Control}");
    expect(list).toHaveBeenCalledWith("моро");
    await user.type(input(), "мороз");
    await vi.waitFor(() => expect(results()).toHaveLength(5));
    await user.click(screen.getByText("Показать все звонки: мороз"));
    expect(list).toHaveBeenLastCalledWith("мороз");
  });

  it("do on Enter what they find, not what the letters before them found", async () => {
    const answer = later<LookUpView>();
    const { openCall, user } = showField({}, (text) => (text === "моро" ? FOUND : answer.promise));
    await user.type(input(), "моро");
    await vi.waitFor(() => expect(results()).toHaveLength(5));
    await user.keyboard("з{Enter}");
    answer.resolve({ ...NOTHING, calls: [row(7)], found: 1 });
    await vi.waitFor(() => expect(openCall).toHaveBeenCalledWith({ office: "o", id: "call7" }));
  });

  it("find commands by their words and by other words for them", async () => {
    const { run, user } = showField();
    await user.type(input(), "тема");
    await vi.waitFor(() => expect(results()).toHaveLength(1));
    await user.keyboard("{Enter}");
    await vi.waitFor(() => expect(run).toHaveBeenCalledWith("dark"));
    expect(input().value).toBe("");
  });

  it("say where they were looked for when nothing was found, and try the other layout", async () => {
    const { user } = showField({}, (text) => (text === "моро" ? FOUND : NOTHING));
    await user.type(input(), "vjhj");
    const empty = await screen.findByTestId("empty");
    expect(empty.textContent).toContain("3 марта");
    await user.click(screen.getByText("Искать: моро"));
    await vi.waitFor(() => expect(chosen()?.dataset.kind).toBe("person"));
  });

  it("are cleared by the first Escape, and the second shuts the field", async () => {
    const { user } = showField({}, () => FOUND);
    await user.type(input(), "моро{Escape}");
    expect(input().value).toBe("");
    expect(screen.getByTestId("command-panel")).toBeDefined();
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("command-panel")).toBeNull();
  });
});

describe("the empty field", () => {
  it("offers what can be done, with its keys, and does nothing on Enter alone", async () => {
    const { run, user } = showField();
    await user.click(input());
    expect(results().map((result) => result.dataset.kind)).toEqual(["command", "command"]);
    expect(results()[0]?.textContent).toContain("Ctrl");
    await user.keyboard("{Enter}");
    expect(run).not.toHaveBeenCalled();
    await user.keyboard("{ArrowDown}{Enter}");
    await vi.waitFor(() => expect(run).toHaveBeenCalledWith("now"));
  });
});
