import type { MainView } from "$generated/MainView";
import { mainPlatform } from "$platform/browser";
import { mainView } from "$platform/fake/views";
import App from "$features/shell/App.svelte";
import { Desk } from "$features/shell/desk.svelte";
import { fetchParts } from "$tests/parts";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

fetchParts();

async function show(now: Partial<MainView["now"]> = {}, offset = 0) {
  const platform = mainPlatform();
  const view = mainView();
  const offices = view.offices.map((office) => ({ ...office, clockOffsetMs: offset }));
  platform.mainSnapshot = async () => ({ ...view, offices, now: { ...view.now, ...now } });
  const desk = new Desk(platform);
  render(App, { desk });
  await desk.start();
  const user = userEvent.setup();
  await user.click(screen.getByTestId("nav-now"));
  return { desk, platform, user };
}

describe("the view Now", () => {
  it("counts everybody who waits for a call, and leads to those that it has no room for", async () => {
    const { desk, user } = await show({ toCallBack: 9 });
    expect(screen.getByText("Перезвонить · 9")).toBeDefined();
    expect(screen.getByTestId("nav-now").textContent).toContain("9");
    await user.click(screen.getByTestId("missed-all"));
    expect([desk.navigation.page, desk.calls.filter]).toEqual(["calls", "missed"]);
  });

  it.each([
    [0, true],
    [1, false],
  ])("with %i to call back says that there is nobody: %s", async (toCallBack, said) => {
    await show({ missed: [], toCallBack });
    expect(screen.queryByText("Перезванивать некому.") !== null).toBe(said);
  });

  it("lets go of what happened while away", async () => {
    const { platform, user } = await show({ whileAway: 3 });
    const dismiss = vi.spyOn(platform, "dismissAway");
    expect(screen.getByTestId("while-away").textContent).toContain("3 звонка");
    await user.click(screen.getByTestId("away-dismiss"));
    expect(dismiss).toHaveBeenCalledTimes(1);
  });

  it("counts a talk from its answer, by the office's clock", async () => {
    const open = mainView()
      .now.open.slice(0, 1)
      .map((call) => ({
        ...call,
        startedAt: new Date(Date.now() - 600_000).toISOString(),
        answeredAt: new Date(Date.now() - 60_000).toISOString(),
      }));
    await show({ open }, 120_000);
    expect(screen.getByTestId("open-call").textContent).toMatch(/3:0\d/);
  });
});
