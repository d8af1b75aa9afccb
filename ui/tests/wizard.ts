// The wizard as a person walks through it.

import type { CallRow } from "$generated/CallRow";
import { mainPlatform } from "$platform/browser";
import { RIGHT_KEY } from "$platform/fake/connecting";
import { mainView } from "$platform/fake/views";
import { rowAt } from "$platform/fake/rows";
import App from "$features/shell/App.svelte";
import { Desk } from "$features/shell/desk.svelte";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, vi } from "vitest";

export async function show(stage: "welcome" | "office" = "welcome") {
  const platform = mainPlatform();
  const shown = { ...mainView(), stage, offices: [] };
  platform.startMain = async () => ({ view: shown });
  platform.mainSnapshot = async () => shown;
  const desk = new Desk(platform);
  render(App, { desk });
  await desk.start();
  return { desk, platform, user: userEvent.setup() };
}

export type Shown = Awaited<ReturnType<typeof show>>;

/** From the first screen to the check, with this key. */
export async function untilCheck({ user }: Shown, key: string) {
  await user.click(screen.getByTestId("connect-own"));
  await user.click(await screen.findByTestId("wizard-make-mango-client"));
  await user.type(await screen.findByTestId("wizard-key-token"), key);
  await user.click(screen.getByTestId("wizard-next"));
  await user.type(await screen.findByTestId("wizard-phone"), "202");
  await user.click(screen.getByTestId("wizard-next"));
}

/** On the last page, connected, with what main shows from then on. */
export async function untilDone(shown: Shown) {
  await untilCheck(shown, RIGHT_KEY);
  await vi.waitFor(async () => expect(await state("live")).toBe("passed"));
  await shown.user.click(screen.getByTestId("wizard-save"));
  await screen.findByTestId("wizard-call");
  const view = shown.desk.view;
  if (!view) throw new Error("nothing is shown");
  const row = { state: "live" as const, refused: [], warnings: [], drained: 0, holes: [], abilities: [] };
  const title = { ru: "MANGO OFFICE", en: "MANGO OFFICE" };
  const connections = [{ ...row, id: "mango-client-1", title }];
  const offices = [
    { id: "own", name: "own", demo: false, admin: false, link: "live" as const, clockOffsetMs: 0, connections },
  ];
  let revision = view.revision;
  const shows = async (open: CallRow[], cards: CallRow[] = []) => {
    const now = { ...view.now, open };
    revision += 1;
    const next = { ...view, revision, offices, now, cards: cards.map(({ call }) => call) };
    shown.platform.wire.send("main", next);
    await vi.waitFor(() => expect(shown.desk.view?.revision).toBe(revision));
  };
  await shows([]);
  const call: CallRow = {
    ...rowAt(0),
    call: { office: "own", id: "c1" },
    connection: "mango-client-1",
    direction: "incoming",
    state: "ringing",
    startedAt: new Date(Date.now() + 1000).toISOString(),
  };
  return { shows, call };
}

export const stepStatus = (testid: string) => screen.queryByTestId(testid)?.dataset["state"];

export const state = async (step: string) => (await screen.findByTestId(`wizard-check-${step}`)).dataset["state"];
