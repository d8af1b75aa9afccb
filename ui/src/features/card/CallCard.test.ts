import type { CardsView } from "$generated/CardsView";
import { card, failure } from "$tests/build";
import { setUpCardWindow, show, text } from "$tests/cardWindow";
import { fireEvent, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { describe, expect, it, vi } from "vitest";

setUpCardWindow();

describe("a ringing card", () => {
  it("shows who calls, on which line, and how long it has rung", async () => {
    await show(card("ringing"));
    expect(text("call-card-name")).toBe("Морозова Ольга");
    expect(text("call-card-number")).toBe("+7 900 123-45-67");
    expect(text("call-card-line")?.replace(/\s+/g, " ")).toBe("Отдел продаж · 8 800 555-01-10");
    expect(screen.getByRole("timer").textContent?.trim()).toBe("0:04");
    await vi.advanceTimersByTimeAsync(3000);
    expect(screen.getByRole("timer").textContent?.trim()).toBe("0:07");
  });

  it("carries state and direction for those who script against it", async () => {
    await show(card("ringing"));
    const { dataset } = screen.getByTestId("call-card-state");
    expect([dataset.state, dataset.direction]).toEqual(["ringing", "incoming"]);
  });

  it("is an alert named after the caller", async () => {
    await show(card("ringing"));
    expect(screen.getByRole("alertdialog", { name: "Морозова Ольга" })).toBeDefined();
  });

  it("shows the number in the name's place when there is no name", async () => {
    await show(card("ringing", { party: { internal: false, number: "+7 901 123-45-67" } }));
    expect(text("call-card-name")).toBe("+7 901 123-45-67");
    expect(screen.queryByTestId("call-card-number")).toBeNull();
  });

  it("copies the number where a person reads it, and offers that of nobody who hides it", async () => {
    const write = vi.fn(async () => {});
    vi.stubGlobal("navigator", { clipboard: { writeText: write } });
    const { change } = await show(card("ringing"));
    await fireEvent.click(screen.getByTestId("call-card-copy"));
    expect(write).toHaveBeenCalledWith("+79001234567");
    await vi.waitFor(() => expect(screen.getByTestId("call-card-copy").dataset["done"]).toBe("copied"));
    vi.unstubAllGlobals();
    await change(card("ringing", { party: { internal: false } }));
    expect(screen.queryByTestId("call-card-copy")).toBeNull();
  });

  it("treats a hostile name as text", async () => {
    const name = "<b>bold</b><img src=x onerror=alert(1)>";
    await show(card("ringing", { party: { internal: false, name }, line: name }));
    expect(text("call-card-name")).toBe(name);
    expect(text("call-card-line")).toContain(name);
    expect(document.querySelector("b, img")).toBeNull();
  });
});

describe("buttons of a card", () => {
  it("do nothing for half a second, and again after each change", async () => {
    const { platform, change } = await show(card("ringing"));
    screen.getByTestId("call-card-open").click();
    expect(platform.showCall).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(500);
    screen.getByTestId("call-card-open").click();
    expect(platform.showCall).toHaveBeenCalledTimes(1);
    await change(card("missed", { state: "ended" }));
    screen.getByTestId("call-card-call-back").click();
    expect(platform.callBack).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(500);
    screen.getByTestId("call-card-call-back").click();
    expect(platform.callBack).toHaveBeenCalledTimes(1);
  });

  it("offer no call back where nothing can dial", async () => {
    await show(card("missed", { canCall: false }));
    expect(screen.queryByTestId("call-card-call-back")).toBeNull();
  });
});

describe("a note on a card", () => {
  it("takes the keyboard only while it is written", async () => {
    const { platform } = await show(card("talking"));
    await vi.advanceTimersByTimeAsync(500);
    screen.getByTestId("call-card-note").click();
    await vi.advanceTimersByTimeAsync(0);
    expect(platform.cardTyping.mock.calls).toEqual([[true]]);
    expect(document.activeElement?.tagName).toBe("TEXTAREA");
    screen.getByText("Отмена").click();
    await tick();
    expect(platform.cardTyping.mock.calls).toEqual([[true], [false]]);
  });
});

describe("a note on a card that is saved", () => {
  async function write(...first: CardsView["cards"]) {
    const shown = await show(...first);
    await vi.advanceTimersByTimeAsync(500);
    screen.getByTestId("call-card-note").click();
    await vi.advanceTimersByTimeAsync(0);
    const field = screen.getByTestId("call-card-note-text") as HTMLTextAreaElement;
    await fireEvent.input(field, { target: { value: "Ждёт счёт" } });
    const note = () => (screen.getByTestId("call-card-note-text") as HTMLTextAreaElement).value;
    return { ...shown, note, save: () => fireEvent.click(screen.getByTestId("call-card-note-save")) };
  }

  it("says when it was not kept, beside what was written", async () => {
    const { platform, note, save } = await write(card("talking"));
    platform.saveCardNote.mockRejectedValueOnce(failure("storage"));
    await save();
    await tick();
    expect(text("error")).toBe("Заметка не сохранилась, попробуйте ещё раз");
    expect(note()).toBe("Ждёт счёт");
  });

  it("is saved once by a double click", async () => {
    const { platform, save } = await write(card("talking"));
    platform.saveCardNote.mockReturnValueOnce(new Promise(() => {}));
    await save();
    await save();
    expect(platform.saveCardNote).toHaveBeenCalledTimes(1);
  });

  it("stays while it is written though a colleague answers", async () => {
    const { change, note } = await write(card("ringing"));
    await change(card("answeredBy", { answeredBy: "Ирина · 101", state: "talking" }));
    expect(note()).toBe("Ждёт счёт");
    expect(screen.getByTestId("call-card").classList.contains("writing")).toBe(true);
  });
});

describe("a card that cannot do what was asked", () => {
  it.each([
    ["showCall", "open"],
    ["dismissCard", "dismiss"],
  ] as const)("says so: %s", async (command, button) => {
    const { platform } = await show(card("missed"));
    platform[command].mockRejectedValueOnce(failure("internal"));
    await vi.advanceTimersByTimeAsync(500);
    await fireEvent.click(screen.getByTestId(`call-card-${button}`));
    await vi.advanceTimersByTimeAsync(0);
    expect(text("error")).toBe("Не получилось, попробуйте ещё раз");
  });

  it("still says so when something else works", async () => {
    const { platform } = await show(card("missed"));
    platform.callBack.mockRejectedValueOnce(failure("refused"));
    await vi.advanceTimersByTimeAsync(500);
    await fireEvent.click(screen.getByTestId("call-card-call-back"));
    await vi.advanceTimersByTimeAsync(0);
    await fireEvent.click(screen.getByTestId("call-card-open"));
    await vi.advanceTimersByTimeAsync(0);
    expect(text("error")).toBe("Не получилось, попробуйте ещё раз");
  });
});

describe("a card with the keyboard", () => {
  const over = card("ended", { state: "ended", answeredAt: "2025-11-20T12:00:01Z" });
  const press = (code: string, target: Element = document.body) =>
    fireEvent.keyDown(target, { code, key: code.replace(/^(Key|Digit)/, "") });

  it("does by its keys what its buttons do; without the keyboard their caps are faint and do nothing", async () => {
    const { platform } = await show(over, card("talking", { call: { office: "o", id: "2" } }));
    await vi.advanceTimersByTimeAsync(500);
    await fireEvent.blur(window);
    await press("Digit3");
    expect(platform.saveCardOutcome).not.toHaveBeenCalled();
    expect(document.querySelector("main")?.classList.contains("keyed")).toBe(false);
    await fireEvent.focus(window);
    expect(document.querySelector("main")?.classList.contains("keyed")).toBe(true);
    await press("Digit3");
    expect(platform.saveCardOutcome).toHaveBeenCalledWith({ call: over.call, outcome: "order" });
    await press("Enter");
    expect(platform.dismissCard).toHaveBeenCalledWith(over.call);
  });

  it("gives it back on Escape, and when the last card goes", async () => {
    const { platform, change } = await show(over);
    await fireEvent.focus(window);
    await press("Escape");
    expect(platform.cardTyping).toHaveBeenLastCalledWith(false);
    await fireEvent.focus(window);
    await change();
    expect(platform.cardTyping).toHaveBeenCalledTimes(2);
  });

  it("writes letters into a note, and does nothing else by them", async () => {
    const { platform } = await show(over);
    await vi.advanceTimersByTimeAsync(500);
    await fireEvent.focus(window);
    await press("KeyN");
    await vi.advanceTimersByTimeAsync(0);
    await press("Digit1", screen.getByTestId("call-card-note-text"));
    expect(platform.saveCardOutcome).not.toHaveBeenCalled();
  });
});

describe("a colleague who asks about his call", () => {
  it("is named before the customer", async () => {
    const party = { name: "Лебедев Павел", number: "+7 916 204-55-18", internal: false };
    await show(card("talking", { askedBy: "Ирина", party, state: "onHold" }));
    expect(text("call-card-state")?.replace(/[\u2066-\u2069]/g, "")).toBe("Ирина о звонке: Лебедев Павел");
  });
});

describe("a stranger's name", () => {
  it("does not turn the line around it", async () => {
    await show(card("ringing", { party: { name: "\u202eАнна", number: "+7 916 204-55-18", internal: false } }));
    expect(screen.getByTestId("call-card-name").querySelector("bdi")?.textContent).toBe("\u202eАнна");
    await show(card("answeredBy", { answeredBy: "\u202eИрина", state: "talking" }));
    expect(screen.getAllByTestId("call-card-state").at(-1)?.textContent?.trim()).toBe("Ответила Ирина");
  });
});
