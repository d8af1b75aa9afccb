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
  render(StateView, { state, office: "demo" });
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
    expect(daysUntil("2026-03-02T11:00:00Z", "2026-03-01T12:00:00Z")).toBe(0);
    expect(daysUntil("2026-03-01T11:00:00Z", "2026-03-01T12:00:00Z")).toBe(-1);
  });

  it("draws nothing that has no data behind it", async () => {
    const platform = mainPlatform();
    const full = await platform.officeState({ office: "demo" });
    const { publicUrl: _, ...rest } = full;
    platform.officeState = async () => ({ ...rest, addresses: [], certificates: [], connections: [] });
    render(StateView, { state: new OfficeState(platform), office: "demo" });
    await screen.findByText("Подключений пока нет");
    for (const absent of ["certificate", "our-address", "accepted-from", "quota"])
      expect(screen.queryByTestId(absent)).toBeNull();
  });

  it("says why it cannot be had, and asks anew by its key", async () => {
    const { user, platform } = await opened();
    const asked = vi.spyOn(platform, "officeState").mockRejectedValueOnce({ code: "unreachable", message: "away" });
    await user.keyboard("r");
    expect(await screen.findByTestId("error")).toBeTruthy();
    await user.keyboard("r");
    await screen.findAllByTestId("connection-state");
    expect(asked).toHaveBeenCalledTimes(2);
  });
});
