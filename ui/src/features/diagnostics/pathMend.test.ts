import type { NoCard } from "$generated/NoCard";
import { language } from "$lib/language.svelte";
import { mainPlatform } from "$platform/browser";
import App from "$features/shell/App.svelte";
import { Desk } from "$features/shell/desk.svelte";
import { fetchParts } from "$tests/parts";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Diagnostics } from "./diagnostics.svelte";
import DiagnosticsView from "./DiagnosticsView.svelte";
import type { PathMend } from "./pathMend";

fetchParts();
beforeEach(() => (language.code = "ru"));

const CAUSES: Record<NoCard["kind"], NoCard> = {
  refused: { kind: "refused", reason: "the signature does not match" },
  late: { kind: "late", byMs: 9000 },
  onlyInMenu: { kind: "onlyInMenu" },
  rangOthers: { kind: "rangOthers", who: ["Анна"] },
  lineOfOtherGroups: { kind: "lineOfOtherGroups", line: "Поддержка", groups: ["support"] },
  noPhoneHere: { kind: "noPhoneHere", connection: "rt1" },
  answeredFirst: { kind: "answeredFirst" },
  placedOnPhone: { kind: "placedOnPhone" },
  deskAway: { kind: "deskAway" },
  rangTooLong: { kind: "rangTooLong" },
  over: { kind: "over" },
  noPlace: { kind: "noPlace" },
  notReported: { kind: "notReported" },
  trial: { kind: "trial" },
};

type Offer = PathMend | "ask" | undefined;
/** What an administrator is offered for somebody else's desk, and an agent for his own; `ask` is a sentence and no button. */
const OFFERS: Record<NoCard["kind"], [administrator: Offer, agent: Offer]> = {
  refused: ["connections", "ask"],
  late: ["connections", "ask"],
  onlyInMenu: [undefined, undefined],
  rangOthers: [undefined, undefined],
  lineOfOtherGroups: ["lists", "ask"],
  noPhoneHere: ["people", "ask"],
  answeredFirst: [undefined, undefined],
  placedOnPhone: [undefined, undefined],
  deskAway: [undefined, "reconnect"],
  rangTooLong: [undefined, "reconnect"],
  over: [undefined, undefined],
  noPlace: [undefined, undefined],
  notReported: ["again", "again"],
  trial: ["state", "ask"],
};

const LADOGA = { id: "demo", address: "https://calls.ladoga.example/", demo: false };

/** A platform on which a call had no card at Pyotr's desk, in an office behind a gateway. */
function platformWith(cause: NoCard, admin: boolean) {
  const platform = mainPlatform();
  const { cardPath, mainSnapshot } = platform;
  platform.cardPath = async (request) => ({ ...(await cardPath(request)), cause });
  platform.mainSnapshot = async () => {
    const view = await mainSnapshot();
    const offices = view.offices.map((office) => ({ ...office, ...LADOGA, admin }));
    return { ...view, stage: "office", offices };
  };
  platform.startMain = async () => ({ view: await platform.mainSnapshot() });
  return platform;
}

const rows = Object.entries(OFFERS).flatMap(([kind, [administrator, agent]]) => [
  { kind: kind as NoCard["kind"], role: "administrator", offer: administrator },
  { kind: kind as NoCard["kind"], role: "agent", offer: agent },
]);

describe("what mends the way of a call", () => {
  it.each(rows)("for $kind, to the $role: $offer", async ({ kind, role, offer }) => {
    const platform = platformWith(CAUSES[kind], role === "administrator");
    const { offices } = await platform.mainSnapshot();
    const diagnostics = new Diagnostics(platform);
    const asked = vi.spyOn(platform, "cardPath");
    const [connections, lists, people, reconnect] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
    const ways = { goToConnections: connections, goToLists: lists, goToPeople: people, reconnect, showCall: vi.fn() };
    render(DiagnosticsView, { diagnostics, offices, ...ways });
    await diagnostics.open({ office: "demo", id: "call2" });
    const cause = await screen.findByTestId("path-cause");
    expect(cause.dataset["cause"]).toBe(kind);
    expect(/Попросите администратора/.test(cause.textContent ?? "")).toBe(offer === "ask");
    // The call itself is always a click away, and that is not what mends it.
    expect(screen.getByTestId("path-call")).toBeTruthy();
    const button = screen.queryByTestId("path-mend");
    expect(button?.dataset["mend"]).toBe(offer === "ask" ? undefined : offer);
    if (!button) return;
    asked.mockClear();
    await userEvent.setup().click(button);
    const done = {
      connections: connections.mock.calls.length,
      lists: lists.mock.calls.length,
      people: people.mock.calls.length,
      reconnect: reconnect.mock.calls.length,
      state: diagnostics.tab === "state" ? 1 : 0,
      again: asked.mock.calls.length,
    };
    const none = { connections: 0, lists: 0, people: 0, reconnect: 0, state: 0, again: 0 };
    await vi.waitFor(() =>
      expect({ ...done, again: asked.mock.calls.length }).toEqual({ ...none, [offer as string]: 1 }),
    );
    if (offer === "lists" || offer === "people") expect({ lists, people }[offer]).toHaveBeenCalledWith("demo");
  });

  it.each([
    ["lineOfOtherGroups", "office-lists"],
    ["noPhoneHere", "people-import"],
    ["trial", "diagnostics-state"],
    ["refused", "office-lists-open"],
  ] as const)("leads there in the window: %s", async (kind, testid) => {
    const desk = new Desk(platformWith(CAUSES[kind], true));
    render(App, { desk });
    await desk.start();
    desk.navigation.explain({ office: "demo", id: "call2" });
    await userEvent.setup().click(await screen.findByTestId("path-mend"));
    const shown = await screen.findByTestId(testid);
    if (kind === "trial") expect(shown.getAttribute("aria-selected")).toBe("true");
    if (kind === "lineOfOtherGroups")
      await vi.waitFor(() => expect(document.activeElement?.getAttribute("aria-expanded")).toBe("true"));
  });
});
