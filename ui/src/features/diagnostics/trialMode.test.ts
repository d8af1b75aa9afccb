import { language } from "$lib/language.svelte";
import { mainPlatform } from "$platform/browser";
import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { OfficeState } from "./state.svelte";
import StateView from "./StateView.svelte";

beforeEach(() => (language.code = "ru"));

async function opened() {
  const platform = mainPlatform();
  const asked = { begin: vi.spyOn(platform, "beginTrial"), end: vi.spyOn(platform, "endTrial") };
  render(StateView, { state: new OfficeState(platform), office: "demo", goToConnections: vi.fn() });
  await screen.findAllByTestId("connection-state");
  return { user: userEvent.setup(), platform, asked };
}

describe("The trial mode of a connection", () => {
  it("is begun after it was said what becomes of the cards of others, and ended by a button", async () => {
    const { user, asked } = await opened();
    await user.click(screen.getByTestId("trial-open"));
    expect(asked.begin).not.toHaveBeenCalled();
    expect(screen.getByTestId("trial-mode").textContent).toContain("Сотрудники не увидят новых звонков");
    const hours = screen.getByTestId("trial-hours");
    expect(document.activeElement).toBe(hours);
    await user.clear(hours);
    await user.type(hours, "24{Enter}");
    const until = await screen.findByTestId("trial-until");
    expect(asked.begin).toHaveBeenCalledWith({ office: "demo", connection: "rt1", hours: 24 });
    expect(until.textContent).toMatch(/Пробный режим до .*видят только администраторы/);
    expect(screen.getByTestId("trial-address").textContent).toBe("http://calls.ladoga.example/hook/rt1");
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("trial-end")));
    await user.click(screen.getByTestId("trial-end"));
    expect(asked.end).toHaveBeenCalledWith({ office: "demo", connection: "rt1" });
    expect(document.activeElement).toBe(await screen.findByTestId("trial-open"));
  });

  it("lasts from 1 to 24 whole hours, and nothing is begun by leaving it", async () => {
    const { user, asked } = await opened();
    await user.click(screen.getByTestId("trial-open"));
    const hours = screen.getByTestId("trial-hours");
    for (const wrong of ["0", "25", "1.5"]) {
      await user.clear(hours);
      await user.type(hours, `${wrong}{Enter}`);
      expect(screen.getByRole("alert").textContent).toBe("Укажите целое число от 1 до 24");
    }
    await user.click(screen.getByTestId("trial-cancel"));
    expect(asked.begin).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("trial-open")));
  });

  it("is offered where the office says so, and what refuses it is told", async () => {
    const { user, platform } = await opened();
    const card = (id: string) =>
      screen.getAllByTestId("connection-state").find((card) => card.dataset["connection"] === id) as HTMLElement;
    expect(within(card("m1")).queryByTestId("trial-mode")).toBeNull();
    platform.beginTrial = () => Promise.reject(new Error("gone"));
    await user.click(screen.getByTestId("trial-open"));
    await user.click(screen.getByTestId("trial-confirm"));
    expect(await within(card("rt1")).findByTestId("error")).toBeTruthy();
    expect(screen.getByTestId("trial-confirm")).toBeTruthy();
  });
});
