import { language } from "$lib/language.svelte";
import { mainPlatform } from "$platform/browser";
import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { daysUntil, isScarce, OfficeState } from "./state.svelte";
import StateView from "./StateView.svelte";

beforeEach(() => (language.code = "ru"));

async function opened() {
  const platform = mainPlatform();
  const state = new OfficeState(platform);
  render(StateView, { state, office: "demo", goToConnections: vi.fn() });
  await screen.findAllByTestId("connection-state");
  return { user: userEvent.setup(), platform, state };
}

const card = (id: string) =>
  screen.getAllByTestId("connection-state").find((card) => card.dataset["connection"] === id) as HTMLElement;

describe("The state of an office", () => {
  it("says of each connection how it stands, why, and what is missing", async () => {
    await opened();
    expect(within(card("rt1")).getByTestId("connection-word").textContent).toContain("На связи");
    const down = within(card("m1"));
    expect(down.getByTestId("connection-word").textContent).toContain("Нет связи");
    expect(down.getByText("АТС недоступна, пробуем снова")).toBeTruthy();
    expect(down.getByTestId("connection-missing").textContent).toContain("События могут отсутствовать с");
  });

  it("holds what was used against the vendor's limit, and warns from 80 % on", async () => {
    await opened();
    const quotas = within(card("rt1")).getAllByTestId("quota");
    const shown = quotas.map(({ dataset }) => [dataset["name"], dataset["scarce"]]);
    expect(shown).toContainEqual(["call_events", "false"]);
    expect(shown).toContainEqual(["call_back", "true"]);
    expect(quotas.find(({ dataset }) => dataset["name"] === "call_events")?.textContent).toContain("40 / 1000");
    const quota = { counted: "method" as const, limit: 1000, seconds: 1 };
    expect([799, 800].map((used) => isScarce({ ...quota, used }))).toEqual([false, true]);
  });

  it("shows whose certificates end when, and the address for the vendor's list, which is copied", async () => {
    const { user } = await opened();
    const roles = screen.getAllByTestId("certificate").map(({ dataset }) => dataset["role"]);
    expect(roles).toEqual(["own", "trusted"]);
    await user.click(screen.getByTestId("copy-our-address"));
    expect(await navigator.clipboard.readText()).toBe("203.0.113.24");
  });

  it("counts the days of a certificate by the calendar, and calls the last one today", async () => {
    expect(daysUntil("2026-03-03T11:00:00Z", "2026-03-01T12:00:00Z")).toBe(2);
    expect(daysUntil("2026-03-01T13:00:00Z", "2026-03-01T12:00:00Z")).toBe(0);
    expect(daysUntil("2026-03-01T11:00:00Z", "2026-03-01T12:00:00Z")).toBe(-1);
    const platform = mainPlatform();
    const full = await platform.officeState({ office: "demo" });
    const until = (at: string) => ({ role: "own" as const, names: [], until: at });
    const certificates = [until("2026-03-01T13:00:00Z"), until("2026-03-03T12:00:00Z")];
    platform.officeState = async () => ({ ...full, now: "2026-03-01T12:00:00Z", certificates });
    render(StateView, { state: new OfficeState(platform), office: "demo", goToConnections: vi.fn() });
    const shown = (await screen.findAllByTestId("certificate")).map(({ textContent }) => textContent);
    expect(shown[0]).toContain("истекает сегодня");
    expect(shown[1]).toContain("истекает через 2 дня");
  });

  it("draws nothing that has no data behind it", async () => {
    const platform = mainPlatform();
    const full = await platform.officeState({ office: "demo" });
    const { publicUrl: _, ...rest } = full;
    platform.officeState = async () => ({ ...rest, addresses: [], certificates: [], connections: [] });
    render(StateView, { state: new OfficeState(platform), office: "demo", goToConnections: vi.fn() });
    await screen.findByText("Подключений пока нет");
    for (const absent of ["certificate", "our-address", "accepted-from", "quota"])
      expect(screen.queryByTestId(absent)).toBeNull();
  });

  it("sets what is told of the last message apart from the clock", async () => {
    await opened();
    expect(card("rt1").textContent).toMatch(/последнее сообщение: .+ · часы совпадают/);
  });

  it("keeps what it was told last where it cannot be asked anew, and says of when that is", async () => {
    const { user, platform } = await opened();
    const asked = vi.spyOn(platform, "officeState").mockRejectedValueOnce({ code: "unreachable", message: "away" });
    await user.keyboard("r");
    expect((await screen.findByTestId("state-stale")).textContent).toContain("Последние известные данные");
    expect(card("rt1")).toBeTruthy();
    await user.keyboard("r");
    await vi.waitFor(() => expect(screen.queryByTestId("state-stale")).toBeNull());
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it("says why it cannot be had where nothing is known yet", async () => {
    const platform = mainPlatform();
    platform.officeState = async () => Promise.reject({ code: "unreachable", message: "away" });
    render(StateView, { state: new OfficeState(platform), office: "demo", goToConnections: vi.fn() });
    expect(await screen.findByTestId("error")).toBeTruthy();
  });

  it("shows at one office nothing of another's failure", async () => {
    const platform = mainPlatform();
    const full = await platform.officeState({ office: "demo" });
    let fail: () => void = () => undefined;
    platform.officeState = ({ office }) =>
      office === "a"
        ? new Promise((_, reject) => (fail = () => reject({ code: "unreachable", message: "away" })))
        : Promise.resolve(full);
    const state = new OfficeState(platform);
    const first = state.show("a");
    await state.show("b");
    fail();
    await first;
    expect([state.report, state.failures.of("state")]).toEqual([full, undefined]);
    const again = state.show("a");
    fail();
    await again;
    expect(state.failures.of("state")?.code).toBe("unreachable");
    await state.show("b");
    expect(state.failures.of("state")).toBeUndefined();
  });
});
