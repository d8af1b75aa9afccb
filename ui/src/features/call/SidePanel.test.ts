import type { CallDetails } from "$generated/CallDetails";
import type { RecordingState } from "$generated/RecordingState";
import { language } from "$lib/language.svelte";
import { mainPlatform } from "$platform/browser";
import { rowAt } from "$platform/fake/rows";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { tick } from "svelte";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Details } from "./details.svelte";
import SidePanel from "./SidePanel.svelte";

/** The panel of a call, as it is once `change` was made to it. */
async function open(change: (details: CallDetails) => CallDetails = (details) => details) {
  const platform = mainPlatform();
  // What comes from the program is a fresh object each time.
  const { callDetails } = platform;
  platform.callDetails = async (call) => change(structuredClone(await callDetails(call)));
  const details = new Details(platform);
  render(SidePanel, {
    details,
    me: "Пётр",
    dial: vi.fn(),
    play: vi.fn(),
    explain: vi.fn(),
    live: [],
    platform,
    over: false,
    canCall: true,
  });
  await details.open(rowAt(3).call);
  return details;
}

async function write(text: string) {
  const details = await open();
  const user = userEvent.setup();
  await user.click(await screen.findByTestId("note-add"));
  await user.type(screen.getByTestId("note-text"), text);
  return { details };
}

describe("a note that is being written in the side panel", () => {
  it("stays when its call changes", async () => {
    const { details } = await write("Ждёт счёт");
    const before = details.current;
    details.changed([structuredClone(rowAt(3))]);
    await vi.waitFor(() => expect(details.current).not.toBe(before));
    await tick();
    expect((screen.getByTestId("note-text") as HTMLTextAreaElement).value).toBe("Ждёт счёт");
  });

  it("goes when another call is chosen", async () => {
    const { details } = await write("Ждёт счёт");
    await details.open(rowAt(4).call);
    expect(await screen.findByTestId("note-add")).toBeDefined();
    expect(screen.queryByTestId("note-text")).toBeNull();
  });
});

describe("where a customer came from", () => {
  it.each([
    ["ru", "Откуда клиент: google · organic · okna.example"],
    ["en", "Where the customer came from: google · organic · okna.example"],
  ] as const)("stands with his call (%s)", async (code, words) => {
    const before = language.code;
    onTestFinished(() => {
      language.code = before;
    });
    language.code = code;
    const attribution = { source: "google", medium: "organic", page: "okna.example" };
    await open((details) => ({ ...details, attribution }));
    expect((await screen.findByTestId("attribution")).textContent).toBe(words);
  });

  it("is not spoken of where nothing is known of it", async () => {
    await open();
    await screen.findByTestId("note-add");
    expect(screen.queryByTestId("attribution")).toBeNull();
  });
});

describe("a rule that spoke of the caller", () => {
  it.each([
    ["ru", "ruleResponsible", "по правилу: сначала ответственному"],
    ["ru", "ruleBlocked", "по правилу: отказ"],
    ["ru", "ruleTooLate", "правило не успело, звонок направила АТС"],
    ["en", "ruleResponsible", "by a rule: to whoever looks after the caller"],
    ["en", "ruleRefused", "the PBX did not follow a rule"],
  ] as const)("stands in the timeline (%s, %s)", async (code, what, words) => {
    const before = language.code;
    onTestFinished(() => {
      language.code = before;
    });
    language.code = code;
    await open((details) => ({
      ...details,
      timeline: [...details.timeline, { at: details.row.startedAt, what, who: [] }],
    }));
    expect(await screen.findByText(words)).toBeDefined();
  });
});

describe("a talk without a recording", () => {
  const withRecording = (state: RecordingState) => (details: CallDetails) => ({
    ...details,
    row: { ...details.row, recording: { id: "r1", state } },
  });

  it.each([
    ["notRecorded", /too short/],
    ["expired", /limited time/],
    ["gone", /no longer/],
  ] as const)("says why where it is %s", async (state, words) => {
    await open(withRecording(state));
    expect((await screen.findByTestId("no-recording")).textContent).toMatch(words);
  });

  it.each(["ready", "preparing"] as const)("is no sentence while it is %s", async (state) => {
    await open(withRecording(state));
    await screen.findByTestId("note-add");
    expect(screen.queryByTestId("no-recording")).toBeNull();
  });
});
