import { RIGHT_KEY } from "$platform/fake/connecting";
import { failure } from "$tests/build";
import { fetchParts } from "$tests/parts";
import { show, state, untilCheck } from "$tests/wizard";
import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

fetchParts();

describe("a connection that was begun", () => {
  it("keeps the filled pages when it is closed, and never shows a key again", async () => {
    const shown = await show();
    await untilCheck(shown, "wrong");
    await vi.waitFor(async () => expect(await state("key")).toBe("failed"));
    await shown.user.keyboard("{Escape}");
    expect(screen.queryByTestId("wizard")).toBeNull();
    expect(document.activeElement).toBe(screen.getByTestId("connect-own"));
    await shown.user.click(screen.getByTestId("connect-own"));
    const key = await screen.findByTestId<HTMLInputElement>("wizard-key-token");
    expect([key.value, key.placeholder]).toEqual(["", "Введён. Чтобы заменить, введите новый."]);
    await shown.user.click(screen.getByTestId("wizard-next"));
    expect((await screen.findByTestId<HTMLInputElement>("wizard-phone")).value).toBe("202");
  });

  it("is reached from the settings, where connections are paused and removed", async () => {
    const { platform, user } = await show("office");
    await platform.beginConnection({ office: "own", make: "mango-client" });
    await platform.saveConnection({ office: "own", connection: "mango-client-1" });
    const paused = vi.spyOn(platform, "pauseConnection");
    await user.click(screen.getByTestId("nav-settings"));
    await user.click(await screen.findByTestId("own-pause"));
    expect(paused).toHaveBeenCalledWith({ office: "own", connection: "mango-client-1", paused: true });
    await user.click(screen.getByTestId("own-remove"));
    await user.click(screen.getByTestId("own-remove-confirm"));
    await vi.waitFor(() => expect(screen.queryByTestId("own-connection")).toBeNull());
    await user.click(screen.getByTestId("own-add"));
    expect((await screen.findByTestId("wizard")).dataset["step"]).toBe("make");
  });

  it("leaves the way to the demo open once a PBX is connected", async () => {
    const { platform, user } = await show("office");
    const started = vi.spyOn(platform, "startDemo");
    await user.click(screen.getByTestId("nav-settings"));
    await user.click(await screen.findByTestId("demo-open"));
    await vi.waitFor(() => expect(started).toHaveBeenCalledWith({ makes: [] }));
  });

  it("offers to enter a key that is gone, where the connection is listed", async () => {
    const { platform, user } = await show("office");
    await platform.beginConnection({ office: "own", make: "mango-client" });
    await platform.saveConnection({ office: "own", connection: "mango-client-1" });
    const { officeConnections } = platform;
    platform.officeConnections = async (request) => {
      const own = await officeConnections(request);
      return { ...own, connections: own.connections.map((one) => ({ ...one, problem: "keyMissing" as const })) };
    };
    await user.click(screen.getByTestId("nav-settings"));
    const listed = await screen.findByTestId("own-connection");
    expect(listed.textContent).toContain("Ключа нет в хранилище паролей");
    await user.click(within(listed).getByRole("button", { name: "Ввести ключ" }));
    expect((await screen.findByTestId("wizard")).dataset["step"]).toBe("keys");
  });

  it("begins anew where a change of a connection was left, and changes only what is asked for", async () => {
    const { platform, user } = await show("office");
    await platform.beginConnection({ office: "own", make: "mango-client" });
    await platform.saveConnection({ office: "own", connection: "mango-client-1" });
    await user.click(screen.getByTestId("nav-settings"));
    await user.click(await screen.findByTestId("own-change"));
    expect((await screen.findByTestId("wizard")).dataset["step"]).toBe("keys");
    await user.keyboard("{Alt>}{ArrowLeft}{/Alt}");
    expect(screen.queryByTestId("wizard")).toBeNull();
    await user.click(await screen.findByTestId("own-add"));
    expect((await screen.findByTestId("wizard")).dataset["step"]).toBe("make");
    expect(screen.queryByTestId("wizard-give-up")).toBeNull();
  });

  it("gives up what was begun, also while it is checked", async () => {
    const shown = await show();
    const { platform, user } = shown;
    platform.checkConnection = async () => new Promise(() => {});
    const dropped = vi.spyOn(platform, "dropDraft");
    await untilCheck(shown, RIGHT_KEY);
    await vi.waitFor(async () => expect(await state("address")).toBe("running"));
    await user.click(screen.getByTestId("wizard-give-up"));
    expect(dropped).toHaveBeenCalledWith({ office: "own", connection: "mango-client-1" });
    await vi.waitFor(() => expect(screen.queryByTestId("wizard")).toBeNull());
    await user.click(screen.getByTestId("connect-own"));
    expect((await screen.findByTestId("wizard")).dataset["step"]).toBe("make");
  });

  it("stays with what could not be given up, and says so", async () => {
    const { desk, platform, user } = await show();
    platform.dropDraft = async () => Promise.reject(failure("storage"));
    await platform.beginConnection({ office: "own", make: "mango-client" });
    await user.click(screen.getByTestId("connect-own"));
    await user.click(await screen.findByTestId("wizard-give-up"));
    expect(await screen.findByRole("alert")).toBeTruthy();
    expect([desk.wizard.shown, desk.wizard.draft?.make]).toEqual([true, "mango-client"]);
  });
});
