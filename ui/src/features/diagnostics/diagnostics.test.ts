import type { NoCard } from "$generated/NoCard";
import { language } from "$lib/language.svelte";
import { mainPlatform } from "$platform/browser";
import { failure } from "$tests/build";
import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Diagnostics } from "./diagnostics.svelte";
import DiagnosticsView from "./DiagnosticsView.svelte";

async function opened() {
  const platform = mainPlatform();
  const { offices } = await platform.mainSnapshot();
  const diagnostics = new Diagnostics(platform);
  const asked = {
    showCall: vi.fn(),
    goToConnections: vi.fn(),
    goToLists: vi.fn(),
    goToPeople: vi.fn(),
    reconnect: vi.fn(),
  };
  render(DiagnosticsView, { diagnostics, offices, ...asked });
  return {
    user: userEvent.setup(),
    platform,
    rows: await screen.findAllByTestId("without-card"),
    diagnostics,
    ...asked,
  };
}

beforeEach(() => (language.code = "ru"));

describe("Why no card", () => {
  it("lists the calls of the day without a card, each with its cause in words", async () => {
    const { rows } = await opened();
    expect(rows.map((row) => row.dataset["cause"])).toEqual([
      "late",
      "deskAway",
      "lineOfOtherGroups",
      "onlyInMenu",
      "refused",
    ] satisfies NoCard["kind"][]);
    expect(rows[0]?.textContent).toContain("пришло поздно");
    expect(rows[2]?.textContent).toContain("все");
    expect(screen.getByTestId("card-speed").textContent).toContain("Обычно 46 мс, дольше всего 118 мс");
  });

  it("shows the way of a call, where it stopped, why, and what mends it", async () => {
    const { user, rows, reconnect } = await opened();
    await user.click(rows[1] as HTMLElement);
    const hops = await screen.findAllByTestId("hop");
    expect(hops.map((hop) => hop.dataset["place"])).toEqual(["pbx", "signature", "log", "office", "desk", "card"]);
    expect(hops.map((hop) => hop.dataset["state"])).toEqual([
      "passed",
      "passed",
      "passed",
      "passed",
      "stopped",
      "notReached",
    ]);
    expect(within(hops[1] as HTMLElement).getByText("+24 мс")).toBeTruthy();
    expect(screen.getByTestId("path-cause").textContent).toContain("не было на связи");
    await user.click(screen.getByTestId("path-mend"));
    expect(reconnect).toHaveBeenCalledOnce();
  });

  it("copies the report, also where the clipboard is refused, and offers it anew for another path", async () => {
    const { user, rows } = await opened();
    await user.click(rows[1] as HTMLElement);
    vi.spyOn(navigator.clipboard, "writeText").mockRejectedValueOnce(new Error("not allowed"));
    let fallback: string | undefined;
    document.execCommand = () => {
      fallback = document.querySelector<HTMLTextAreaElement>("textarea[readonly]")?.value;
      return true;
    };
    const button = await screen.findByTestId("copy-report");
    await user.click(button);
    await vi.waitFor(() => expect(button.dataset["done"]).toBe("copied"));
    expect(fallback).toContain("Карточки не было: Пётр");
    await user.click(rows[2] as HTMLElement);
    await vi.waitFor(() => expect(screen.getByTestId("copy-report").dataset["done"]).toBeUndefined());
    await user.click(screen.getByTestId("copy-report"));
    await vi.waitFor(async () => expect(await navigator.clipboard.readText()).toContain("«Поддержка»"));
  });

  it("shows what was refused up to its signature, and leads to the connections", async () => {
    const { user, rows, goToConnections } = await opened();
    await user.click(rows[4] as HTMLElement);
    const hops = await screen.findAllByTestId("hop");
    expect(hops[1]?.dataset["state"]).toBe("stopped");
    await user.click(screen.getByTestId("path-mend"));
    expect(goToConnections).toHaveBeenCalledOnce();
  });

  it("tells our own decisions from what the PBX sent, in words, and leads to the call itself", async () => {
    const { user, rows, showCall } = await opened();
    await user.click(rows[0] as HTMLElement);
    const [first, own] = await screen.findAllByTestId("path-event");
    expect(first?.textContent).toMatch(/Новый вызов · new.*подпись совпала/s);
    expect(own?.textContent).toMatch(/правило не успело ответить АТС: правило «нежелательный номер».*Трубка/s);
    expect(own?.textContent).not.toMatch(/ruleTooLate|blocked|без подписи/);
    await user.click(screen.getByTestId("path-call"));
    expect(showCall).toHaveBeenCalledOnce();
  });

  it("shows the same call at another desk", async () => {
    const { user, rows } = await opened();
    await user.click(rows[0] as HTMLElement);
    await user.click(await screen.findByTestId("other-desk"));
    await vi.waitFor(() => expect(screen.queryByTestId("path-cause")).toBeNull());
    expect(screen.getByTestId("path-title").textContent).toBe("Карточка была: Анна");
  });

  it("goes from row to row by the arrows", async () => {
    const { user, rows } = await opened();
    rows[0]?.focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}");
    expect(document.activeElement).toBe(rows[1]);
  });

  it("leaves the day of one office behind when a call of another is looked at", async () => {
    const platform = mainPlatform();
    const diagnostics = new Diagnostics(platform);
    await diagnostics.show("demo");
    expect(diagnostics.report?.calls).toBe(47);
    const shown = diagnostics.open({ office: "calls.ladoga.example", id: "call1" });
    expect(diagnostics.report).toBeUndefined();
    await shown;
    await diagnostics.show("calls.ladoga.example");
    expect(diagnostics.report?.calls).toBe(47);
    await diagnostics.open({ office: "calls.ladoga.example", id: "call2" });
    expect(diagnostics.report?.calls).toBe(47);
  });

  it("says that the day could not be read anew, above what was read before", async () => {
    const { user, diagnostics, platform } = await opened();
    vi.spyOn(platform, "cardsToday").mockRejectedValueOnce(failure("unreachable"));
    await diagnostics.again();
    const error = await screen.findByTestId("error");
    expect(screen.getAllByTestId("without-card")).toHaveLength(5);
    await user.click(within(error).getByText("Повторить"));
    await vi.waitFor(() => expect(screen.queryByTestId("error")).toBeNull());
  });

  it("passes over the answer to a call that is looked at no more", async () => {
    const platform = mainPlatform();
    const diagnostics = new Diagnostics(platform);
    const { cardPath } = platform;
    let letGo = () => {};
    platform.cardPath = async (request) => {
      if (request.call.id === "call2") await new Promise<void>((resolve) => (letGo = resolve));
      return cardPath(request);
    };
    const first = diagnostics.open({ office: "demo", id: "call2" });
    await diagnostics.open({ office: "demo", id: "call1" });
    const path = diagnostics.path;
    letGo();
    await first;
    expect(diagnostics.path).toBe(path);
  });
});
