import type { StageCause } from "$generated/StageCause";
import type { StageProof } from "$generated/StageProof";
import type { StagedCheck } from "$generated/StagedCheck";
import { language } from "$lib/language.svelte";
import { errorText } from "$messages/errors";
import { stagedText } from "$messages/staged";
import { mainPlatform } from "$platform/browser";
import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { mendOf } from "./mend";
import { OfficeState } from "./state.svelte";
import StateView from "./StateView.svelte";

beforeEach(() => (language.code = "ru"));

async function opened(change: (check: StagedCheck) => StagedCheck = (check) => check) {
  const platform = mainPlatform();
  const { stagedCheck } = platform;
  platform.stagedCheck = async (request) => change(await stagedCheck(request));
  const [asked, ran, goToConnections] = [vi.spyOn(platform, "stagedCheck"), vi.spyOn(platform, "runStage"), vi.fn()];
  const [kept, showed] = [vi.spyOn(platform, "keepCertificate"), vi.spyOn(platform, "showFile")];
  render(StateView, { state: new OfficeState(platform), office: "demo", goToConnections });
  const user = userEvent.setup();
  await user.click((await screen.findAllByTestId("staged-open"))[0] as HTMLElement);
  await screen.findAllByTestId("stage");
  return { user, asked, ran, kept, showed, goToConnections };
}

const stage = (name: string) =>
  screen.getAllByTestId("stage").find(({ dataset }) => dataset["stage"] === name) as HTMLElement;
const shown = () => screen.getByTestId("stage-shown").dataset["stage"];
const proof = (name: string) =>
  screen.getAllByTestId("stage-proof").find(({ dataset }) => dataset["proof"] === name) as HTMLElement;

/** The same check with other proofs of a stage. */
function proving(name: string, proofs: StageProof[]) {
  return (check: StagedCheck): StagedCheck => ({
    ...check,
    stages: check.stages.map((stage) => (stage.stage === name ? { ...stage, proofs } : stage)),
  });
}

describe("The staged check of a connection", () => {
  it("shows where each stage stands, and begins with the current one", async () => {
    await opened();
    const states = screen.getAllByTestId("stage").map(({ dataset }) => `${dataset["stage"]} ${dataset["state"]}`);
    expect(states).toEqual(["plain passed", "signature passed", "tls passed", "live current", "allowList later"]);
    expect(shown()).toBe("live");
    expect(stage("live").getAttribute("aria-current")).toBe("step");
    expect(proof("realCall").dataset["cause"]).toBe("notBegun");
    expect(screen.getByTestId("stage-advice").textContent).toContain("Активируйте услугу");
    expect(screen.getByTestId("staged-check").textContent).toContain("за последние 7 дней");
  });

  it("does the office's part of the stage by its button and by Enter, and then waits for a call", async () => {
    const { user, ran } = await opened();
    (document.activeElement as HTMLElement).blur();
    await user.keyboard("{Enter}");
    await vi.waitFor(() => expect(proof("realCall").dataset["cause"]).toBe("noCall"));
    expect(ran).toHaveBeenCalledExactlyOnceWith({ office: "demo", connection: "rt1", stage: "live" });
    expect(proof("request").dataset["state"]).toBe("passed");
    expect(proof("request").textContent).toMatch(/код 200, \d+ мс/);
    await user.click(stage("allowList"));
    await user.click(screen.getByTestId("stage-run"));
    expect(ran).toHaveBeenLastCalledWith({ office: "demo", connection: "rt1", stage: "allowList" });
  });

  it("offers what the vendor's page asks for: address, certificate, our addresses", async () => {
    const { user, kept, showed } = await opened();
    await user.click(stage("tls"));
    await user.click(screen.getByTestId("copy-certificate"));
    expect(await navigator.clipboard.readText()).toContain("BEGIN CERTIFICATE");
    await user.click(screen.getByTestId("keep-certificate"));
    expect((await screen.findByTestId("certificate-file")).textContent).toMatch(/trubka-certificate-.*\.pem$/);
    expect(kept).toHaveBeenCalledExactlyOnceWith({ office: "demo", connection: "rt1" });
    await user.click(screen.getByTestId("certificate-file-show"));
    expect(showed).toHaveBeenCalledExactlyOnceWith({ file: screen.getByTestId("certificate-file").textContent });
    kept.mockRejectedValueOnce({ code: "storage", message: "" });
    await user.click(screen.getByTestId("keep-certificate"));
    expect((await screen.findByTestId("error")).textContent).toContain(errorText().storage);
    await user.click(screen.getByTestId("copy-hook"));
    expect(await navigator.clipboard.readText()).toBe("https://calls.ladoga.example/hook/rt1");
    await user.click(stage("allowList"));
    expect(screen.getByTestId("stage-address").textContent).toBe("203.0.113.24");
    expect(screen.getByTestId("stage-advice").textContent).toContain("подлинность доказывает подпись");
  });

  it("says why something failed, and leads to what mends it", async () => {
    const refused: StageProof = {
      proof: "signature",
      state: "stopped",
      cause: "notificationRefused",
      reason: "signatureWrong",
    };
    const { user, goToConnections } = await opened(proving("signature", [refused]));
    await user.click(stage("signature"));
    expect(proof("signature").textContent).toContain("Причина: подпись не совпала.");
    await user.click(within(proof("signature")).getByTestId("stage-mend"));
    expect(goToConnections).toHaveBeenCalledOnce();
  });

  it("begins trial mode once it was said what it does, for the chosen hours, and ends it, where a stage stands because of it", async () => {
    const platform = mainPlatform();
    const [begun, ended] = [vi.spyOn(platform, "beginTrial"), vi.spyOn(platform, "endTrial")];
    const ran = vi.spyOn(platform, "runStage");
    const { stagedCheck } = platform;
    platform.stagedCheck = async (request) => {
      const off: StageProof = { proof: "plainNotification", state: "notReached", cause: "trialIsOff" };
      const on: StageProof = { proof: "trialOff", state: "stopped", cause: "trialIsOn" };
      return proving("tls", [on])(proving("plain", [off])(await stagedCheck(request)));
    };
    render(StateView, { state: new OfficeState(platform), office: "demo", goToConnections: vi.fn() });
    const user = userEvent.setup();
    await user.click((await screen.findAllByTestId("staged-open"))[0] as HTMLElement);
    await screen.findAllByTestId("stage");
    await user.click(stage("plain"));
    await user.click(screen.getByTestId("stage-mend"));
    expect(proof("plainNotification").textContent).toContain("Сотрудники не увидят новых звонков");
    expect(document.activeElement).toBe(screen.getByTestId("trial-hours"));
    // Escape leaves the question, not the stages.
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("trial-question")).toBeNull();
    expect(screen.getByTestId("staged-check")).toBeTruthy();
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("stage-mend")));
    await user.click(screen.getByTestId("stage-mend"));
    await user.click(screen.getByTestId("trial-cancel"));
    expect(begun).not.toHaveBeenCalled();
    await user.click(screen.getByTestId("stage-mend"));
    const hours = screen.getByTestId("trial-hours");
    await user.clear(hours);
    await user.type(hours, "25{Enter}");
    expect(begun).not.toHaveBeenCalled();
    await user.clear(hours);
    await user.type(hours, "6{Enter}");
    expect(begun).toHaveBeenCalledExactlyOnceWith({ office: "demo", connection: "rt1", hours: 6 });
    expect(ran).not.toHaveBeenCalled();
    expect(screen.queryByTestId("trial-question")).toBeNull();
    await user.click(stage("tls"));
    await user.click(screen.getByTestId("stage-mend"));
    expect(ended).toHaveBeenCalledExactlyOnceWith({ office: "demo", connection: "rt1" });
  });

  it("has a button for each cause that one can mend, and words for each in both languages", () => {
    const of = (cause: StageCause, reason?: StageProof["reason"]) =>
      mendOf({ proof: "request", state: "stopped", cause, ...(reason && { reason }) });
    expect([of("trialIsOff"), of("trialIsOn"), of("atTestHost")]).toEqual(["trialOn", "trialOff", "address"]);
    expect([of("requestFailed", "unauthorized"), of("requestFailed", "notUnderstood")]).toEqual(["keys", "address"]);
    expect([of("requestFailed", "timeout"), of("noCall"), of("notBegun")]).toEqual(["run", undefined, undefined]);
    for (const code of ["ru", "en"] as const) {
      language.code = code;
      for (const [cause, words] of Object.entries(stagedText().causes))
        expect([cause, words.length > 15]).toEqual([cause, true]);
    }
  });

  it("says in one sentence why a stage is not needed, and asks for nothing there", async () => {
    const advice = { ru: "Не нужен: эта АТС не шлёт уведомлений.", en: "Not needed." };
    const { user } = await opened((check) => ({
      ...check,
      stages: check.stages.map((stage) =>
        stage.stage === "plain" ? { ...stage, state: "notNeeded", proofs: [], canRun: false, advice } : stage,
      ),
    }));
    await user.click(stage("plain"));
    expect(screen.getByTestId("stage-advice").textContent).toBe(advice.ru);
    expect(screen.queryByTestId("stage-proof")).toBeNull();
    expect(screen.queryByTestId("stage-run")).toBeNull();
  });

  it("is walked with arrows, and gives the keyboard back to the button that it was opened with", async () => {
    const { user } = await opened();
    stage("live").focus();
    await user.keyboard("{ArrowLeft}{Enter}");
    expect(shown()).toBe("tls");
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("staged-check")).toBeNull();
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getAllByTestId("staged-open")[0]));
  });

  it("keeps what it was told last where the office cannot be asked, and says that a run was refused", async () => {
    const { user, asked, ran, kept } = await opened();
    asked.mockRejectedValueOnce({ code: "unreachable", message: "away" });
    await user.keyboard("r");
    expect((await screen.findByTestId("error")).textContent).toContain("Последние известные данные");
    expect(shown()).toBe("live");
    ran.mockRejectedValueOnce({ code: "notFound", message: "gone" });
    await user.click(screen.getByTestId("stage-run"));
    const last = () => screen.getAllByTestId("error").at(-1)?.textContent;
    await vi.waitFor(() => expect(last()).toContain(errorText().notFound));
    // Two refusals for the same reason are said once.
    await user.click(stage("tls"));
    kept.mockRejectedValueOnce({ code: "notFound", message: "gone" });
    await user.click(screen.getByTestId("keep-certificate"));
    await vi.waitFor(() => expect(kept).toHaveBeenCalledOnce());
    expect(
      screen.getAllByTestId("error").filter((one) => one.textContent?.includes(errorText().notFound)),
    ).toHaveLength(1);
  });
});
