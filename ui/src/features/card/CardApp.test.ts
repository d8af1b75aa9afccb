import type { CardsView } from "$generated/CardsView";
import { Wire } from "$platform/fake/wire";
import type { CardEvents } from "$generated/commands";
import type { CardPlatform } from "$platform/types";
import { objections } from "$tests/axe";
import { card, failure } from "$tests/build";
import { fireEvent, render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import CardApp from "./CardApp.svelte";
import { Cards } from "./cards.svelte";

/** A screen with so much room between its panels. */
function roomFor(height: number): void {
  Object.defineProperty(window.screen, "availHeight", { value: height, configurable: true });
}

beforeEach(() => roomFor(1050));

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2025-11-20T12:00:04Z") }));
afterEach(() => void vi.useRealTimers());

async function show(...shown: CardsView["cards"]) {
  const wire = new Wire<CardEvents>();
  let revision = 1;
  const view = (cards: CardsView["cards"]): CardsView => ({
    revision: revision++,
    cards: cards.slice(0, 4),
    more: Math.max(0, cards.length - 4),
    language: "ru",
    theme: "light",
    zone: { offsets: [{ since: 0, seconds: 0 }] },
    demo: true,
  });
  const platform = {
    listen: wire.listen,
    cardSnapshot: async () => view(shown),
    dismissCard: vi.fn(async () => {}),
    callBack: vi.fn(async () => {}),
    showCall: vi.fn(async () => {}),
    saveCardNote: vi.fn(async () => {}),
    resizeCard: async () => {},
    cardTyping: vi.fn(async (_: boolean) => {}),
    cardPainted: async () => {},
    demoPhone: async () => {},
  } satisfies CardPlatform;
  const cards = new Cards(platform);
  render(CardApp, { cards, platform });
  await cards.start();
  await tick();
  const change = async (...next: CardsView["cards"]) => {
    wire.send("cards", view(next));
    await tick();
  };
  return { platform, change };
}

const text = (id: string) => screen.getByTestId(id).textContent?.trim();

describe("a ringing card", () => {
  it("shows who calls, on which line, and how long it has rung", async () => {
    await show(card("ringing"));
    expect(text("call-card-name")).toBe("Морозова Ольга");
    expect(text("call-card-number")).toBe("+7 900 123-45-67");
    expect(text("call-card-line")).toBe("Отдел продаж · 8 800 555-01-10");
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

  it("offer no call back to a hidden number, nor where nothing can dial", async () => {
    const hidden = card("missed", { party: { internal: false } });
    await show(hidden, card("missed", { call: { office: "o", id: "2" }, canCall: false }));
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
    expect(screen.getByTestId("call-card").classList.contains("leaving")).toBe(false);
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
    expect(text("error")).toBe("Позвонить не получилось, попробуйте ещё раз");
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

describe("a call-back that fails", () => {
  it.each([
    ["refused", "Позвонить не получилось, попробуйте ещё раз"],
    ["unknownOutcome", "АТС не ответила. Проверьте телефон, прежде чем звонить снова."],
  ] as const)("with %s says what to do", async (code, words) => {
    const { platform } = await show(card("missed"));
    platform.callBack.mockRejectedValueOnce(failure(code));
    await vi.advanceTimersByTimeAsync(500);
    await fireEvent.click(screen.getByTestId("call-card-call-back"));
    await tick();
    expect(text("error")).toBe(words);
  });
});

describe("cards", () => {
  it("say who answered instead of missed", async () => {
    await show(card("answeredBy", { answeredBy: "Ирина · 101", state: "talking" }));
    expect(text("call-card-state")).toBe("Ответила Ирина · 101");
    expect(screen.queryByText("Пропущен")).toBeNull();
  });

  it("fold into one line where the screen has no room for them", async () => {
    roomFor(768);
    const calls = ["a", "b", "c", "d"].map((id) => card("ringing", { call: { office: "o", id } }));
    await show(...calls);
    expect(screen.getAllByTestId("call-card")).toHaveLength(2);
    expect(screen.getByText("+2").tagName).toBe("P");
  });

  it("are counted also where more calls ring than a desk ever shows at once", async () => {
    roomFor(1050);
    await show(...["a", "b", "c", "d", "e", "f"].map((id) => card("ringing", { call: { office: "o", id } })));
    expect(screen.getAllByTestId("call-card")).toHaveLength(4);
    expect(text("cards-folded")).toBe("+2");
  });

  it("stand one below the other, one element each", async () => {
    await show(card("ringing"), card("talking", { call: { office: "o", id: "2" } }));
    expect(screen.getAllByTestId("call-card")).toHaveLength(2);
  });

  it("say that this is the demo", async () => {
    await show(card("ringing"));
    expect(screen.getByText("Демо")).toBeDefined();
  });

  it.each(["ringing", "pickUpYourPhone", "talking", "answeredBy", "missed", "unknownOutcome"] as const)(
    "in phase %s have nothing that axe objects to",
    async (phase) => {
      await show(card(phase, phase === "answeredBy" ? { answeredBy: "Ирина" } : {}));
      vi.useRealTimers();
      expect(await objections()).toEqual([]);
    },
  );
});
