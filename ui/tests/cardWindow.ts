import type { ActOnCardRequest } from "$generated/ActOnCardRequest";
import type { CardsView } from "$generated/CardsView";
import type { CardEvents } from "$generated/commands";
import CardApp from "$features/card/CardApp.svelte";
import { Cards } from "$features/card/cards.svelte";
import { parts } from "$features/card/parts";
import { Wire } from "$platform/fake/wire";
import type { CardPlatform } from "$platform/types";
import { render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeAll, beforeEach, vi } from "vitest";

/** A screen with so much room between its panels. */
export function roomFor(height: number): void {
  Object.defineProperty(window.screen, "availHeight", { value: height, configurable: true });
}

/** Time stands still, on a large screen, and everything that a card shows is here already. */
export function setUpCardWindow(): void {
  beforeAll(() => Promise.all(Object.values(parts).map((part) => part.fetch())));
  beforeEach(() => {
    roomFor(1050);
    vi.useFakeTimers({ now: Date.parse("2025-11-20T12:00:04Z") });
  });
  afterEach(() => void vi.useRealTimers());
}

/** The card window with these cards. */
export async function show(...shown: CardsView["cards"]) {
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
    phone: { state: "ringing" },
  });
  const platform = {
    listen: wire.listen,
    cardSnapshot: async () => view(shown),
    dismissCard: vi.fn(async () => {}),
    callBack: vi.fn(async () => {}),
    actOnCard: vi.fn(async (_: ActOnCardRequest) => {}),
    showCall: vi.fn(async () => {}),
    transferCall: vi.fn(async () => {}),
    saveCardNote: vi.fn(async () => {}),
    saveCardOutcome: vi.fn(async () => {}),
    resizeCard: async () => {},
    cardTyping: vi.fn(async (_: boolean) => {}),
    cardPainted: async () => {},
    demoPhone: vi.fn(async () => {}),
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

/** What an element says. */
export const text = (id: string) => screen.getByTestId(id).textContent?.trim();
