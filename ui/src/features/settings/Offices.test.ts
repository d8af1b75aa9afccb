import type { OfficeView } from "$generated/OfficeView";
import { mainPlatform } from "$platform/browser";
import { mainView } from "$platform/fake/views";
import App from "$features/shell/App.svelte";
import { Desk } from "$features/shell/desk.svelte";
import { objections } from "$tests/axe";
import { failure } from "$tests/build";
import { fetchParts } from "$tests/parts";
import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

fetchParts();

const REFUSED: OfficeView = {
  id: "calls.example.org",
  name: "calls.example.org",
  address: "https://calls.example.org/",
  demo: false,
  link: "refused",
  cause: "tokenRefused",
  admin: false,
  clockOffsetMs: 0,
  connections: [],
};

async function show(...offices: OfficeView[]) {
  const platform = mainPlatform();
  platform.mainSnapshot = async () => ({ ...mainView(), stage: "office", offices });
  const desk = new Desk(platform);
  render(App, { desk });
  await desk.start();
  const user = userEvent.setup();
  await user.click(screen.getByTestId("nav-settings"));
  return { desk, platform, user };
}

describe("offices in the settings", () => {
  it("are shown with their address and how they stand, though they cannot be used", async () => {
    await show(REFUSED);
    const shown = screen.getByTestId("office-row").textContent ?? "";
    expect(shown).toContain("https://calls.example.org/");
    expect(shown).toContain("Офис не принимает токен");
    expect(await objections()).toEqual([]);
  });

  it("get another token, and say when that is refused, too", async () => {
    const { platform, user } = await show(REFUSED);
    const renew = vi.spyOn(platform, "renewOfficeToken").mockRejectedValueOnce(failure("unauthorized"));
    await user.click(screen.getByTestId("office-renew"));
    await user.type(screen.getByTestId("office-new-token"), "wrong{Enter}");
    expect((await screen.findByTestId("error")).textContent).toContain("Токен не подошёл");
    await user.clear(screen.getByTestId("office-new-token"));
    await user.type(screen.getByTestId("office-new-token"), " right {Enter}");
    expect(renew).toHaveBeenLastCalledWith({ office: "calls.example.org", token: "right" });
    await vi.waitFor(() => expect(screen.queryByTestId("office-new-token")).toBeNull());
  });

  it("are disconnected once that was asked", async () => {
    const { desk, platform, user } = await show(REFUSED);
    await desk.details.open({ office: "calls.example.org", id: "call1" });
    const disconnect = vi.spyOn(platform, "disconnectOffice").mockResolvedValue();
    await user.click(screen.getByTestId("office-disconnect"));
    expect(disconnect).not.toHaveBeenCalled();
    await user.click(screen.getByTestId("office-disconnect-confirm"));
    expect(disconnect).toHaveBeenCalledWith({ office: "calls.example.org", asLastAdmin: false });
    await vi.waitFor(() => expect(desk.details.call).toBeUndefined());
  });

  it("let their last administrator leave once he knows who lets the next one in", async () => {
    const { platform, user } = await show(REFUSED);
    const disconnect = vi.spyOn(platform, "disconnectOffice").mockRejectedValueOnce(failure("lastAdmin"));
    await user.click(screen.getByTestId("office-disconnect"));
    await user.click(screen.getByTestId("office-disconnect-confirm"));
    expect((await screen.findByTestId("office-last-admin")).textContent).toContain(
      "trubka-gateway invite --role admin",
    );
    disconnect.mockResolvedValueOnce();
    await user.click(screen.getByTestId("office-leave"));
    expect(disconnect).toHaveBeenLastCalledWith({ office: "calls.example.org", asLastAdmin: true });
    await vi.waitFor(() => expect(screen.queryByTestId("office-leave")).toBeNull());
  });

  it("become more, with the reason where one cannot be connected", async () => {
    const { platform, user } = await show(REFUSED);
    const connect = vi.spyOn(platform, "connectOffice").mockRejectedValueOnce(failure("unreachable"));
    await user.click(screen.getByTestId("office-add"));
    await user.type(screen.getByTestId("office-address"), "https://north.example.org");
    await user.type(screen.getByTestId("office-token"), "t{Enter}");
    expect((await screen.findByTestId("error")).textContent).toContain("Адрес не отвечает");
    connect.mockResolvedValueOnce();
    await user.click(screen.getByTestId("office-connect"));
    await vi.waitFor(() => expect(screen.queryByTestId("office-address")).toBeNull());
  });

  it("say which extensions a PBX does not connect, and why", async () => {
    const detail = "103: the PBX has no user with this extension";
    const row = {
      id: "m1",
      title: { ru: "MANGO OFFICE", en: "MANGO OFFICE" },
      state: "live",
      refused: ["103", "105"],
      detail,
      drained: 0,
      abilities: [],
    } as const;
    const lists = { refused: [...row.refused], warnings: [], holes: [], abilities: [] };
    await show({ ...REFUSED, link: "live", connections: [{ ...row, ...lists }] });
    const note = screen.getByTestId("connection-note").textContent ?? "";
    expect(note).toContain("АТС не подключает номера 103, 105.");
    expect(note).toContain(detail);
    expect(screen.getByTestId("connection-row").textContent).not.toContain("103");
    expect(await objections()).toEqual([]);
  });

  it("say what is left on the account of a PBX that tells it", async () => {
    const row = { id: "z1", title: { ru: "Zadarma", en: "Zadarma" }, state: "live", drained: 0 } as const;
    const lists = { refused: [], warnings: [], holes: [], abilities: [] };
    const balance = { amount: "10.34", currency: "USD" };
    const connections = [
      { ...row, ...lists, balance },
      { ...row, ...lists, id: "z2" },
    ];
    await show({ ...REFUSED, link: "live", connections });
    expect(screen.getAllByTestId("connection-balance").map((one) => one.textContent?.trim())).toEqual([
      expect.stringContaining("баланс 10.34 USD"),
    ]);
  });

  it("of the demo can be looked at only", async () => {
    await show(...mainView().offices);
    expect(screen.getAllByTestId("connection-row")).toHaveLength(2);
    expect(within(screen.getByTestId("office-row")).queryAllByRole("button")).toEqual([]);
  });
});

describe("a setting that is not kept", () => {
  it("goes back to what it was", async () => {
    const { platform, user } = await show(REFUSED);
    platform.saveSettings = async () => Promise.reject(failure("storage"));
    const theme = screen.getByTestId("settings-theme") as HTMLSelectElement;
    await user.selectOptions(theme, "dark");
    expect(await screen.findByTestId("error")).toBeDefined();
    await vi.waitFor(() => expect(theme.value).toBe("system"));
  });
});
