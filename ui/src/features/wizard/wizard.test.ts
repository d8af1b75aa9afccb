import type { CallRow } from "$generated/CallRow";
import { RIGHT_KEY } from "$platform/fake/connecting";
import { rowAt } from "$platform/fake/rows";
import { objections } from "$tests/axe";
import { preview, settle, dialConnection } from "$tests/build";
import { fetchParts } from "$tests/parts";
import { show, state, stepStatus, untilCheck, untilDone } from "$tests/wizard";
import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, onTestFinished, vi } from "vitest";

fetchParts();

describe("connecting a PBX", () => {
  it("says of each make what will work, by words and marks", async () => {
    const { user } = await show();
    await user.click(screen.getByTestId("connect-own"));
    const make = await screen.findByTestId("wizard-make-rostelecom");
    expect(make.textContent).toContain("нет без адреса; звонки в списке позже");
    expect(make.textContent).toContain("только позвонить");
    expect(await objections()).toEqual([]);
  });

  it("warns of a key that acts for others before it is entered", async () => {
    const { user } = await show();
    await user.click(screen.getByTestId("connect-own"));
    await user.click(await screen.findByTestId("wizard-make-mango-client"));
    await screen.findByTestId("wizard-key-token");
    expect(screen.getByTestId("wizard").textContent).toMatch(
      /от имени каждого пользователя интеграции.*место на шлюзе/u,
    );
  });

  it("warns of a domain's token and not of a user's", async () => {
    const { user } = await show();
    await user.click(screen.getByTestId("connect-own"));
    await user.click(await screen.findByTestId("wizard-make-era"));
    await screen.findByTestId("wizard-key-token");
    expect(screen.getByTestId("wizard").textContent).not.toContain("место на шлюзе");
    await user.selectOptions(screen.getByTestId("wizard-kind"), "token");
    expect(screen.getByTestId("wizard").textContent).toContain("место на шлюзе");
    await user.selectOptions(screen.getByTestId("wizard-kind"), "user");
    expect(screen.getByTestId("wizard").textContent).not.toContain("место на шлюзе");
  });

  it("opens the step that fails with the field that mends it, and goes on from there", async () => {
    const shown = await show();
    await untilCheck(shown, "wrong");
    await vi.waitFor(async () => expect(await state("key")).toBe("failed"));
    expect(await state("address")).toBe("passed");
    expect(await state("live")).toBe("waiting");
    expect(screen.getByTestId<HTMLButtonElement>("wizard-save").disabled).toBe(true);
    const failed = screen.getByTestId("wizard-check-key");
    expect(within(failed).getByRole("alert").textContent).toContain("не приняла ключ");
    expect(await objections()).toEqual([]);
    await shown.user.type(within(failed).getByTestId("wizard-key-token"), `${RIGHT_KEY}{Enter}`);
    await vi.waitFor(async () => expect(await state("live")).toBe("passed"));
    await shown.user.click(screen.getByTestId("wizard-save"));
    expect((await screen.findByTestId("wizard-call")).dataset["came"]).toBe("false");
  });

  it("ends with the first call that comes, in the same second too", async () => {
    // A PBX tells times in whole seconds.
    vi.setSystemTime("2026-11-20T12:00:00.700Z");
    onTestFinished(() => void vi.useRealTimers());
    const shown = await show();
    await untilCheck(shown, RIGHT_KEY);
    await vi.waitFor(async () => expect(await state("live")).toBe("passed"));
    await shown.user.click(screen.getByTestId("wizard-save"));
    await screen.findByTestId("wizard-call");
    const view = shown.desk.view;
    if (!view) throw new Error("nothing is shown");
    const call = {
      ...rowAt(0),
      call: { office: "own", id: "c1" },
      connection: "mango-client-1",
      direction: "incoming" as const,
      startedAt: "2026-11-20T12:00:00Z",
    };
    const shows = (open: CallRow[], later: number) =>
      shown.platform.wire.send("main", { ...view, revision: view.revision + later, now: { ...view.now, open } });
    // Neither another PBX's call nor one that was placed here proves that calls come in.
    shows(
      [
        { ...call, connection: "era-1" },
        { ...call, direction: "outgoing" },
      ],
      1,
    );
    await vi.waitFor(() => expect(shown.desk.view?.now.open.length).toBe(2));
    expect(screen.getByTestId("wizard-call").dataset["came"]).toBe("false");
    shows([call], 2);
    await vi.waitFor(() => expect(screen.getByTestId("wizard-call").dataset["came"]).toBe("true"));
  });

  it("ends with a real card: it says when the call came and when its card was up", async () => {
    const shown = await show();
    const { shows, call } = await untilDone(shown);
    expect([stepStatus("wizard-connected"), stepStatus("wizard-call"), stepStatus("wizard-card")]).toEqual([
      "passed",
      "running",
      "waiting",
    ]);
    await shows([call]);
    expect([stepStatus("wizard-call"), stepStatus("wizard-card")]).toEqual(["passed", "running"]);
    expect(screen.queryByTestId("wizard-works")).toBeNull();
    await shows([call], [call]);
    expect(stepStatus("wizard-card")).toBe("passed");
    // The card goes with the call, and was there all the same.
    await shows([{ ...call, state: "ended" }]);
    expect([stepStatus("wizard-card"), screen.getByTestId("wizard-works").textContent]).toEqual([
      "passed",
      "Всё работает.",
    ]);
    expect(await objections()).toEqual([]);
  });

  it("says why a call that came had no card", async () => {
    const shown = await show();
    const { shows, call } = await untilDone(shown);
    await shows([{ ...call, state: "ended" }]);
    expect(stepStatus("wizard-card")).toBe("failed");
    expect(screen.getByTestId("wizard-card").textContent).toContain("не на вашем телефоне 202");
    expect(screen.queryByTestId("wizard-works")).toBeNull();
  });

  it("calls the person himself once the number was shown, and tells how far it came", async () => {
    const shown = await show();
    const { shows, call } = await untilDone(shown);
    const placed = vi.spyOn(shown.platform, "placeCall");
    shown.platform.previewDial = async ({ text }) =>
      preview(text, {
        connections: [
          dialConnection({ office: "own", connection: "mango-client-1", title: { ru: "M", en: "M" }, from: "202" }),
        ],
      });
    await shown.user.type(screen.getByTestId("wizard-mobile"), "89001234567{Enter}");
    expect(await screen.findByTestId("dial-number")).toBeTruthy();
    expect(placed).not.toHaveBeenCalled();
    await shown.user.keyboard("{Enter}");
    await vi.waitFor(() => expect(placed).toHaveBeenCalledOnce());
    expect(placed.mock.calls[0]?.[0]).toMatchObject({ office: "own", connection: "mango-client-1" });
    const mine: CallRow = { ...call, direction: "outgoing", state: "dialling" };
    await shows([mine], [mine]);
    expect([stepStatus("wizard-call"), stepStatus("wizard-talk"), stepStatus("wizard-card")]).toEqual([
      "passed",
      "running",
      "passed",
    ]);
    // It proves that calls go out, not that they come in.
    expect(screen.getByTestId("wizard-call").dataset["came"]).toBe("false");
    await shows([{ ...mine, state: "talking", answeredAt: call.startedAt }]);
    expect(stepStatus("wizard-talk")).toBe("passed");
    expect(screen.getByTestId("wizard-works")).toBeTruthy();
  });

  it("asks once more before it calls a number abroad, and Escape puts that away and not the wizard", async () => {
    const shown = await show();
    await untilDone(shown);
    const placed = vi.spyOn(shown.platform, "placeCall");
    shown.platform.previewDial = async ({ text }) => preview(text, { asks: true, warnings: ["international"] });
    await shown.user.type(screen.getByTestId("wizard-mobile"), "+441632960961{Enter}");
    await screen.findByTestId("dial-number");
    await shown.user.keyboard("{Enter}");
    expect(placed).not.toHaveBeenCalled();
    await shown.user.keyboard("{Escape}");
    expect(screen.queryByTestId("dial-number")).toBeNull();
    expect(screen.getByTestId("wizard")).toBeTruthy();
    await shown.user.keyboard("{Enter}");
    await screen.findByTestId("dial-number");
    await shown.user.keyboard("{Control>}{Enter}{/Control}");
    await vi.waitFor(() => expect(placed).toHaveBeenCalledOnce());
  });

  it("shows a check without steps once, and asks nothing over and over", async () => {
    const shown = await show();
    const { fillConnection } = shown.platform;
    shown.platform.fillConnection = async (request) => ({ ...(await fillConnection(request)), steps: [] });
    await untilCheck(shown, RIGHT_KEY);
    await vi.waitFor(() => expect(screen.getByTestId("wizard").dataset["step"]).toBe("check"));
    const checked = vi.spyOn(shown.desk.wizard, "check");
    await settle();
    expect(checked).not.toHaveBeenCalled();
    expect(screen.getByTestId<HTMLButtonElement>("wizard-save").disabled).toBe(true);
  });
});
