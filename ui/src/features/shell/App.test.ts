import { mainView } from "$platform/fake/views";
import { objections } from "$tests/axe";
import { failure } from "$tests/build";
import { show } from "$tests/mainWindow";
import { fetchParts } from "$tests/parts";
import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

fetchParts();

describe("the main window", () => {
  it("lists calls and shows the chosen one beside them", async () => {
    const { user } = await show();
    const rows = await screen.findAllByTestId("call-row");
    await user.click(within(rows[0] as HTMLElement).getByText("Морозова Ольга"));
    const panel = within(screen.getByTestId("call-panel"));
    expect(await panel.findAllByText("ответила Ирина", { exact: false })).not.toHaveLength(0);
    expect(rows[0]?.getAttribute("aria-selected")).toBe("true");
  });

  it("goes through the list by keyboard", async () => {
    const { desk, user } = await show();
    await screen.findAllByTestId("call-row");
    screen.getByRole("grid").focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}{ArrowUp}");
    expect(desk.details.call?.id).toBe("call1");
    expect(screen.getByRole("grid").getAttribute("aria-activedescendant")).toBe("call-1");
  });

  it("offers to call a number that is clicked, and calls only when told", async () => {
    const { platform, user } = await show();
    const placeCall = vi.spyOn(platform, "placeCall");
    await user.click((await screen.findAllByTestId("row-number"))[0] as HTMLElement);
    expect((await screen.findByTestId("dial-number")).textContent).toBe("+7 900 123-45-67");
    expect(placeCall).not.toHaveBeenCalled();
    await user.keyboard("{Enter}");
    expect(placeCall).toHaveBeenCalledTimes(1);
  });

  it("lists what is searched for from any view, after Ctrl+K, and everything again", async () => {
    const { desk, user } = await show();
    await user.click(screen.getByTestId("nav-settings"));
    await user.keyboard("{Control>}k{/Control}");
    expect(document.activeElement).toBe(screen.getByTestId("command-input"));
    await user.keyboard("Вектор{Control>}{Enter}{/Control}");
    await vi.waitFor(() => expect(desk.calls.row(0)?.party.name).toBe("ООО «Вектор»"));
    expect([desk.navigation.page, screen.getByTestId("search-chip").textContent?.trim()]).toEqual([
      "calls",
      "Поиск: Вектор",
    ]);
    await user.click(screen.getByTestId("search-chip"));
    await vi.waitFor(() => expect(desk.calls.row(0)?.party.name).toBe("Морозова Ольга"));
    expect(screen.queryByTestId("search-chip")).toBeNull();
  });

  it("asks with Alt T to whom the own talk is to go, where it stands or in its panel", async () => {
    const { desk, platform, user } = await show();
    const controls = (["hangup", "transferBlind"] as const).map((ability) => ({ ability }));
    const view = mainView();
    const talk = { ...view.now.open[0]!, state: "talking" as const, controls };
    platform.wire.send("main", { ...view, revision: 9, now: { ...view.now, open: [talk] } });
    for (const page of ["now", "settings"] as const) {
      desk.navigation.go(page);
      await user.keyboard("{Alt>}t{/Alt}");
      expect(document.activeElement).toBe(await screen.findByTestId("transfer-number"));
      expect(desk.navigation.page).toBe(page === "now" ? "now" : "calls");
    }
  });

  it("goes to its views by the keys that their titles name", async () => {
    const { desk, user } = await show();
    for (const page of ["now", "settings", "calls"] as const) {
      const key = /Ctrl (\d)/.exec(screen.getByTestId(`nav-${page}`).title)?.[1];
      await user.keyboard(`{Control>}[Digit${key}]{/Control}`);
      expect(desk.navigation.page).toBe(page);
    }
  });

  it("does by name what it can do: another language, another theme", async () => {
    const { user } = await show();
    await user.keyboard("{Control>}k{/Control}тёмное{Enter}");
    await vi.waitFor(() => expect(document.documentElement.dataset.theme).toBe("dark"));
    await user.keyboard("{Control>}k{/Control}english{Enter}");
    await vi.waitFor(() => expect(screen.getByTestId("nav-calls").textContent?.trim()).toBe("Calls"));
  });

  it("says that a search failed, above what was found before, and tries again", async () => {
    const { platform, user } = await show();
    const { listCalls } = platform;
    platform.listCalls = async () => Promise.reject(failure("storage"));
    await user.type(screen.getByTestId("command-input"), "Вектор{Control>}{Enter}{/Control}");
    const error = within(await screen.findByTestId("error"));
    expect(screen.queryAllByTestId("call-row")).not.toHaveLength(0);
    platform.listCalls = listCalls;
    await user.click(error.getByRole("button", { name: "Повторить" }));
    await vi.waitFor(() => expect(screen.queryByTestId("error")).toBeNull());
  });

  it("marks calls that have a note", async () => {
    await show();
    const marks = await screen.findAllByTestId("row-noted");
    expect(marks[0]?.getAttribute("aria-label")).toBe("Есть заметка");
  });

  it("says that nothing was found, with a way back", async () => {
    const { user } = await show();
    await user.type(screen.getByTestId("command-input"), "нет такого{Control>}{Enter}{/Control}");
    const empty = await screen.findByTestId("empty");
    await user.click(within(empty).getByRole("button", { name: "Все звонки" }));
    expect(await screen.findAllByTestId("call-row")).not.toHaveLength(0);
  });

  it("speaks the language that is chosen", async () => {
    const { user } = await show();
    await user.click(screen.getByTestId("nav-settings"));
    await user.selectOptions(screen.getByTestId("settings-language"), "en");
    expect(document.documentElement.lang).toBe("en");
    expect(screen.getByTestId("nav-calls").textContent?.trim()).toBe("Calls");
  });

  it("takes the theme that is chosen", async () => {
    const { user } = await show();
    await user.click(screen.getByTestId("nav-settings"));
    await user.selectOptions(screen.getByTestId("settings-theme"), "dark");
    expect(document.documentElement.dataset.theme).toBe("dark");
  });

  it("keeps a note", async () => {
    const { desk, user } = await show();
    desk.navigation.openCall({ office: "demo", id: "call2" });
    await user.click(await screen.findByTestId("note-add"));
    await user.type(screen.getByTestId("note-text"), "Ждёт счёт");
    await user.click(screen.getByTestId("note-save"));
    expect((await screen.findByTestId("note")).textContent).toContain("Ждёт счёт");
  });

  it("shows what goes on, with what to do about it", async () => {
    const { desk, user } = await show();
    await user.click(screen.getByTestId("nav-now"));
    expect(screen.getAllByTestId("open-call")).toHaveLength(2);
    await user.click(screen.getAllByTestId("missed-call-back")[0] as HTMLElement);
    expect(desk.dial.preview?.number.digits).toBe("+79011234567");
  });

  it("says on every view that this is the demo, and how to leave it", async () => {
    const { user } = await show();
    expect(screen.getByTestId("demo-badge").textContent).toBe("Демо");
    await user.click(screen.getByTestId("leave-demo"));
    expect(await screen.findByTestId("start-demo")).toBeDefined();
  });

  it("shows notices until they are put away", async () => {
    const { user } = await show((platform) => {
      const { mainSnapshot } = platform;
      platform.mainSnapshot = async () => ({ ...(await mainSnapshot()), notices: [{ kind: "noKeyring" }] });
    });
    await user.click(within(await screen.findByTestId("notice")).getByRole("button"));
    expect(screen.queryByTestId("notice")).toBeNull();
  });

  it("explains itself when it cannot start", async () => {
    await show((platform) => (platform.mainSnapshot = async () => Promise.reject(failure("storage"))));
    expect((await screen.findByTestId("error")).textContent).toContain("диск");
  });

  it("counts what each filter shows, and sums up the day", async () => {
    await show();
    await screen.findAllByTestId("call-row");
    expect(screen.getByTestId("filter-all").textContent?.replace(/\s/g, " ").trim()).toBe("Все 1 000");
    const today = document.querySelector(".pinned")?.textContent;
    expect(today).toContain("47 звонков · 39 отвечено · 2 ждут");
  });

  it("lets the panel have the keyboard on Enter, and gives it back on Escape", async () => {
    const { user } = await show();
    await screen.findAllByTestId("call-row");
    screen.getByRole("grid").focus();
    await user.keyboard("{ArrowDown}{Enter}");
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("call-panel")));
    await user.keyboard("{Escape}");
    expect(document.activeElement).toBe(screen.getByRole("grid"));
  });

  it("says since when an office is lost, what goes on without it, and tries at once when told", async () => {
    const lost = { link: "lost" as const, cause: "unreachable" as const, lostAt: "2025-11-20T11:31:00Z" };
    const { platform, user } = await show((platform) => {
      const { mainSnapshot } = platform;
      platform.mainSnapshot = async () => {
        const view = await mainSnapshot();
        return { ...view, offices: view.offices.map((office) => ({ ...office, ...lost })) };
      };
    });
    const reconnect = vi.fn(async () => {});
    platform.reconnect = reconnect;
    const bar = screen.getByTestId("connection-bar");
    expect(bar.textContent).toMatch(/Нет связи с офисом с \d\d:31/);
    expect(bar.textContent).toContain("Карточки не появятся, звонить отсюда нельзя");
    await user.click(screen.getByTestId("office-retry"));
    await user.keyboard("r");
    expect(reconnect).toHaveBeenCalledTimes(2);
    await user.click(screen.getByTestId("nav-now"));
    for (const button of screen.getAllByTestId("missed-call-back"))
      expect((button as HTMLButtonElement).disabled).toBe(true);
    await user.type(screen.getByTestId("command-input"), "r");
    expect(reconnect).toHaveBeenCalledTimes(2);
  });

  it("leads to each section of the settings by its name", async () => {
    const { desk, user } = await show();
    await user.keyboard("{Control>}k{/Control}офисы{Enter}");
    await vi.waitFor(() => expect(desk.navigation.page).toBe("settings"));
    await vi.waitFor(() => expect(document.activeElement?.textContent).toBe("Офисы и подключения"));
    await user.click(screen.getByTestId("settings-go-card"));
    expect(document.activeElement?.textContent).toBe("Карточка");
    await user.selectOptions(screen.getByTestId("settings-corner"), "topLeft");
    expect(screen.getByTestId("card-preview").dataset.corner).toBe("topLeft");
  });

  it.each(["now", "calls", "settings"] as const)("has nothing in view %s that axe objects to", async (page) => {
    const { desk, user } = await show();
    await screen.findAllByTestId("call-row");
    await user.click(screen.getByTestId(`nav-${page}`));
    desk.details.show({ ...mainView().now.missed[0]! });
    expect(await objections()).toEqual([]);
  });
});
