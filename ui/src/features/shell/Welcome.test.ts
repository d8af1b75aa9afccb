import { mainView } from "$platform/fake/views";
import { objections } from "$tests/axe";
import { show } from "$tests/mainWindow";
import { fetchParts } from "$tests/parts";
import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

fetchParts();

describe("the first screen", () => {
  it("opens its doors by their keys, in the language that is chosen there", async () => {
    const { platform, user } = await show((platform) => {
      platform.mainSnapshot = async () => ({ ...mainView(), stage: "welcome" });
    });
    const save = vi.spyOn(platform, "saveSettings").mockResolvedValue();
    await user.click(await screen.findByTestId("welcome-en"));
    expect(save).toHaveBeenLastCalledWith(expect.objectContaining({ language: "en" }));
    expect(await objections()).toEqual([]);
    await user.keyboard("1");
    expect(document.activeElement).toBe(screen.getByTestId("office-address"));
    await user.keyboard("2");
    expect((screen.getByTestId("office-address") as HTMLInputElement).value).toBe("2");
    (document.activeElement as HTMLElement).blur();
    await user.keyboard("3");
    expect(await screen.findByTestId("nav-calls")).toBeDefined();
  });

  it("offers two ways in when there is no office yet", async () => {
    const { desk, user } = await show((platform) => {
      platform.mainSnapshot = async () => ({ ...mainView(), stage: "welcome" });
    });
    const connect = vi.spyOn(desk.offices, "connect");
    await user.type(await screen.findByTestId("office-address"), "https://calls.example.org");
    await user.type(screen.getByTestId("office-token"), "secret");
    await user.click(screen.getByTestId("office-connect"));
    expect(connect).toHaveBeenCalledWith({ address: "https://calls.example.org", token: "secret" });
  });

  it("shows a number of another program before there is an office, and asks about it once there is", async () => {
    const { user, platform } = await show((platform) => {
      const errand = { id: 1, task: { kind: "dial" as const, text: "tel:+74951234567", fromProgram: true } };
      platform.mainSnapshot = async () => ({ ...mainView(), stage: "welcome", errand });
    });
    const waiting = await screen.findByTestId("waiting-number");
    await vi.waitFor(() => expect(waiting.textContent).toContain("+7 495 123-45-67"));
    platform.mainSnapshot = async () => mainView();
    await user.click(screen.getByTestId("start-demo"));
    expect((await screen.findByTestId("dial-number")).textContent).toBe("+7 495 123-45-67");
  });
});
