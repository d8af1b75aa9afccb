import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ActOnCallRequest } from "$generated/ActOnCallRequest";
import type { Ability } from "$generated/Ability";
import type { ControlView } from "$generated/ControlView";
import { language } from "$lib/language.svelte";
import { failure, preview, row } from "$tests/build";
import CallControls from "./CallControls.svelte";

const all = (...abilities: Ability[]): ControlView[] => abilities.map((ability) => ({ ability }));

function show(controls: ControlView[]) {
  const platform = {
    actOnCall: vi.fn(async (_: ActOnCallRequest) => {}),
    previewDial: vi.fn(async ({ text }: { text: string }) => preview(text, { asksToTransfer: text === "8 809 1" })),
  };
  const { rerender } = render(CallControls, { row: row(1, { state: "talking", controls }), platform });
  const sent = () => platform.actOnCall.mock.calls.map(([request]) => request.action);
  return { platform, rerender, sent, user: userEvent.setup() };
}

beforeEach(() => (language.code = "en"));

describe("the controls of a call", () => {
  it("are those that fit and can be used; the others leave their reason", () => {
    show([
      ...all("hold", "transferBlind"),
      { ability: "hangup", cannot: "onPhone" },
      { ability: "dtmf", cannot: "notOffered" },
    ]);
    expect(screen.getByTestId("call-hold")).toBeTruthy();
    for (const absent of ["call-hangup", "call-keypad", "call-answer"]) expect(screen.queryByTestId(absent)).toBeNull();
    expect(screen.getByTestId("call-controls").textContent).toContain("On your phone only: hang up");
    expect(screen.getByTestId("call-controls").textContent).toContain("This PBX cannot: press digits");
  });

  it("ask at once to whom the call is to go where that was pressed elsewhere, once", async () => {
    const taken = vi.fn();
    const { rerender, user } = show(all("transferBlind"));
    await rerender({ asked: true, taken });
    expect(document.activeElement).toBe(screen.getByTestId("transfer-number"));
    expect(taken).toHaveBeenCalledTimes(1);
    await rerender({ asked: false });
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("transfer-number")).toBeNull();
  });

  it("ask nothing where the call cannot be sent by then, nor later", async () => {
    const taken = vi.fn();
    const { rerender } = show(all("hold"));
    await rerender({ asked: true, taken });
    expect(taken).toHaveBeenCalledTimes(1);
    await rerender({ asked: false, row: row(1, { state: "talking", controls: all("hold", "transferBlind") }) });
    expect(screen.queryByTestId("transfer-number")).toBeNull();
  });

  it("say that the call has changed where what was pressed does not fit it any more", async () => {
    const { platform, user } = show(all("hold"));
    platform.actOnCall.mockRejectedValueOnce(failure("changed"));
    await user.click(screen.getByTestId("call-hold"));
    expect((await screen.findByTestId("error")).textContent).toContain("The call has changed meanwhile");
  });

  it("send each press under an id of its own", async () => {
    const { platform, sent, user } = show(all("hold", "hangup", "recordOn"));
    await user.click(screen.getByTestId("call-hold"));
    await user.click(screen.getByTestId("call-recordOn"));
    await user.click(screen.getByTestId("call-hangup"));
    expect(sent()).toEqual([{ kind: "hold" }, { kind: "record", on: true }, { kind: "hangup" }]);
    expect(new Set(platform.actOnCall.mock.calls.map(([request]) => request.command)).size).toBe(3);
  });

  it("send a call to the number that was shown", async () => {
    const { sent, user } = show(all("transferBlind", "transferAttended"));
    await user.click(screen.getByTestId("call-transfer"));
    expect(screen.getByTestId("transfer-transferBlind")).toHaveProperty("disabled", true);
    await user.type(screen.getByTestId("transfer-number"), "203");
    expect(screen.getByTestId("transfer-preview").textContent).toContain("shown 203");
    await user.click(screen.getByTestId("transfer-transferAttended"));
    expect(sent()).toEqual([{ kind: "transfer", to: preview("203").number, attended: true, confirmed: false }]);
    expect(screen.queryByTestId("transfer-number")).toBeNull();
  });

  it("ask once more where a number costs extra", async () => {
    const { sent, user } = show(all("transferBlind"));
    await user.click(screen.getByTestId("call-transfer"));
    await user.type(screen.getByTestId("transfer-number"), "8 809 1");
    await user.click(screen.getByTestId("transfer-transferBlind"));
    expect(sent()).toEqual([]);
    await user.click(screen.getByTestId("transfer-transferBlind"));
    expect(sent()).toEqual([{ kind: "transfer", to: preview("8 809 1").number, attended: false, confirmed: true }]);
  });

  it("say why a text is no number to send the call to, until it is one", async () => {
    const { platform, user } = show(all("transferBlind"));
    await user.click(screen.getByTestId("call-transfer"));
    platform.previewDial.mockRejectedValueOnce(failure("invalidRequest"));
    await user.type(screen.getByTestId("transfer-number"), "x");
    expect(screen.getByTestId("error").textContent).not.toBe("");
    await user.type(screen.getByTestId("transfer-number"), "{Backspace}203");
    expect(screen.queryByTestId("error")).toBeNull();
  });

  it("say what came of an action that failed", async () => {
    const { platform, user } = show(all("hangup"));
    platform.actOnCall.mockRejectedValueOnce(failure("refused", { message: "the call has ended" }));
    await user.click(screen.getByTestId("call-hangup"));
    expect(screen.getByTestId("error").textContent).toContain("the call has ended");
  });

  it("connect the colleague who was asked with the other side", async () => {
    const { sent, user } = show([{ ability: "transferAttended", connects: true }, ...all("hangup")]);
    expect(screen.queryByTestId("call-transfer")).toBeNull();
    await user.click(screen.getByTestId("call-connect"));
    expect(sent()).toEqual([{ kind: "connect" }]);
  });

  it("press keys and nothing else", async () => {
    const { sent, user } = show(all("dtmf"));
    await user.click(screen.getByTestId("call-keypad"));
    await user.type(screen.getByTestId("keypad-digits"), "1a*2#");
    await user.click(screen.getByTestId("keypad-press"));
    expect(sent()).toEqual([{ kind: "dtmf", digits: "1*2#" }]);
  });

  it("send a waiting call on to the number that was shown", async () => {
    const { sent, user } = show([{ ability: "route" }]);
    expect(screen.queryByTestId("call-transfer")).toBeNull();
    await user.click(screen.getByTestId("call-route"));
    await user.type(screen.getByTestId("transfer-number"), "203{Enter}");
    expect(sent()).toEqual([{ kind: "route", to: preview("203").number, confirmed: false }]);
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("call-route")));
  });

  it("send a call that rings here to colleagues only", async () => {
    const { platform, sent, user } = show([{ ability: "route", toColleagues: true }]);
    await user.click(screen.getByTestId("call-route"));
    await user.type(screen.getByTestId("transfer-number"), "89001234567{Enter}");
    expect(sent()).toEqual([]);
    expect(screen.getByTestId("transfer-preview").textContent).toContain("To a colleague only");
    expect(screen.getByTestId("transfer-route")).toHaveProperty("disabled", true);
    platform.previewDial.mockImplementation(async ({ text }) => preview(text, { number: { kind: "extension" } }));
    await user.clear(screen.getByTestId("transfer-number"));
    await user.type(screen.getByTestId("transfer-number"), "203{Enter}");
    expect(sent().map((action) => action.kind)).toEqual(["route"]);
  });

  it("say whose matter it is to send a waiting call on", async () => {
    show([{ ability: "route", cannot: "otherRole" }]);
    expect(screen.getByTestId("call-controls").textContent).toContain(
      "For managers and admins: send a waiting call on",
    );
    expect(screen.queryByTestId("call-route")).toBeNull();
  });

  it("are put away by Escape, which gives the keyboard back", async () => {
    const { user } = show(all("transferBlind"));
    await user.click(screen.getByTestId("call-transfer"));
    expect(document.activeElement).toBe(screen.getByTestId("transfer-number"));
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("transfer-number")).toBeNull();
    expect(document.activeElement).toBe(screen.getByTestId("call-transfer"));
  });

  it("say that nobody knows whether a call was sent on, and keep the number for another look", async () => {
    const { platform, user } = show([{ ability: "route" }]);
    await user.click(screen.getByTestId("call-route"));
    platform.actOnCall.mockRejectedValueOnce(failure("unknownOutcome"));
    await user.type(screen.getByTestId("transfer-number"), "203{Enter}");
    expect(screen.getByTestId("error").textContent).toContain("did not confirm");
    expect(screen.getByTestId("transfer-number")).toBeTruthy();
  });

  it("look again under the same command where nobody knows, and act anew on another number", async () => {
    const { platform, user } = show([{ ability: "route" }]);
    await user.click(screen.getByTestId("call-route"));
    platform.actOnCall.mockRejectedValue(failure("unknownOutcome"));
    await user.type(screen.getByTestId("transfer-number"), "203{Enter}");
    await user.keyboard("{Enter}");
    await user.type(screen.getByTestId("transfer-number"), "{Backspace}4{Enter}");
    const [first, second, third] = platform.actOnCall.mock.calls.map(([request]) => request.command);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it("close what was opened for a call that rang once it is answered", async () => {
    const { platform, rerender, sent, user } = show([{ ability: "route" }]);
    await user.click(screen.getByTestId("call-route"));
    await user.type(screen.getByTestId("transfer-number"), "203");
    await rerender({ row: row(1, { state: "talking", controls: all("transferBlind") }), platform });
    expect(screen.queryByTestId("transfer-number")).toBeNull();
    await user.keyboard("{Enter}");
    expect(sent()).toEqual([]);
  });
});
