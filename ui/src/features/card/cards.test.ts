import type { CardsView } from "$generated/CardsView";
import type { CardView } from "$generated/CardView";
import { language } from "$lib/language.svelte";
import { Wire } from "$platform/fake/wire";
import type { CallBackRequest } from "$generated/CallBackRequest";
import type { CardEvents } from "$generated/commands";
import type { CardPlatform } from "$platform/types";
import { card, failure, later } from "$tests/build";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Cards } from "./cards.svelte";
import { Painting } from "./painting";

const view = (revision: number, ...cards: CardView[]): CardsView => ({
  revision,
  cards,
  more: 0,
  language: "ru",
  theme: "dark",
  zone: { offsets: [{ since: 0, seconds: 0 }] },
  demo: false,
});

/** A program whose snapshot comes when the test says so. */
function program() {
  const wire = new Wire<CardEvents>();
  const snapshot = later<CardsView>();
  const callBack = vi.fn(async (_: CallBackRequest) => {});
  const platform: CardPlatform = {
    listen: wire.listen,
    cardSnapshot: () => snapshot.promise,
    callBack,
    dismissCard: async () => {},
    actOnCard: async () => {},
    showCall: async () => {},
    transferCall: async () => {},
    saveCardOutcome: async () => {},
    saveCardNote: async () => {},
    resizeCard: async () => {},
    cardTyping: async () => {},
    cardPainted: async () => {},
    demoPhone: async () => {},
  };
  return { wire, snapshot, callBack, cards: new Cards(platform) };
}

beforeEach(() => (language.code = "en"));

describe("the card window", () => {
  it("listens before it asks, and lets no late snapshot undo an event", async () => {
    const { wire, snapshot, cards } = program();
    const started = cards.start();
    await Promise.resolve();
    wire.send("cards", view(2, card("ringing")));
    snapshot.resolve(view(1));
    await started;
    expect(cards.view?.cards).toHaveLength(1);
  });

  it("takes the language and the theme that it is told", () => {
    const { cards } = program();
    cards.accept(view(1));
    expect(document.documentElement.lang).toBe("ru");
    expect(document.documentElement.dataset.theme).toBe("dark");
    cards.accept({ ...view(2), theme: "system" });
    expect(document.documentElement.dataset.theme).toBeUndefined();
  });

  it("announces a ringing call once, with name, number and line", () => {
    const { cards } = program();
    cards.accept(view(1, card("ringing")));
    expect(cards.announcement.words).toBe("Входящий звонок, Морозова Ольга, +7 900 123-45-67, на линию Отдел продаж");
    const { turn } = cards.announcement;
    cards.accept(view(2, card("ringing", { line: "Поддержка" })));
    expect(cards.announcement.turn).toBe(turn);
  });

  it("announces the next call of the same caller, too", () => {
    const { cards } = program();
    cards.accept(view(1, card("ringing")));
    const { words, turn } = cards.announcement;
    cards.accept(view(2, card("ringing", { call: { office: "o", id: "call2" } })));
    expect(cards.announcement).toEqual({ words, turn: turn + 1 });
  });

  it("announces two calls that come at once", () => {
    const { cards } = program();
    const other = { internal: false, name: "Лебедев Павел" };
    cards.accept(view(1, card("ringing"), card("ringing", { call: { office: "o", id: "call2" }, party: other })));
    expect(cards.announcement.words).toMatch(/Морозова Ольга.*Лебедев Павел/);
  });

  it("does not announce a call that we place ourselves", () => {
    const { cards } = program();
    cards.accept(view(1, card("pickUpYourPhone", { direction: "outgoing" })));
    expect(cards.announcement.words).toBe("");
  });

  it("brings each click to the desk under a command of its own: the desk knows which are one command", async () => {
    const { cards, callBack } = program();
    const missed = card("missed");
    cards.accept(view(1, missed));
    callBack.mockRejectedValueOnce(failure("unknownOutcome"));
    for (let click = 0; click < 3; click++) await cards.callBack(missed.call).catch(() => {});
    expect(callBack.mock.calls.map(([request]) => request.call)).toEqual([missed.call, missed.call, missed.call]);
    expect(new Set(callBack.mock.calls.map(([request]) => request.command)).size).toBe(3);
  });
});

describe("painting", () => {
  it("tells each revision once, after it was painted", async () => {
    const painted = vi.fn(async (_: number) => {});
    const painting = new Painting({ cardPainted: painted, resizeCard: async () => {} });
    painting.arrange(7);
    expect(painted).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(painted).toHaveBeenCalledWith(7));
    painting.arrange(7);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    expect(painted).toHaveBeenCalledTimes(1);
  });

  it("does not wait for frames that a hidden window never gets", async () => {
    vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    vi.spyOn(globalThis, "requestAnimationFrame").mockReturnValue(1);
    const painted = vi.fn(async (_: number) => {});
    new Painting({ cardPainted: painted, resizeCard: async () => {} }).arrange(3);
    await vi.waitFor(() => expect(painted).toHaveBeenCalledWith(3));
  });
});
