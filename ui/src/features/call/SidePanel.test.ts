import { mainPlatform } from "$platform/browser";
import { rowAt } from "$platform/fake/rows";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { tick } from "svelte";
import { describe, expect, it, vi } from "vitest";
import { Details } from "./details.svelte";
import SidePanel from "./SidePanel.svelte";

async function write(text: string) {
  const platform = mainPlatform();
  // What comes from the program is a fresh object each time.
  const { callDetails } = platform;
  platform.callDetails = async (call) => structuredClone(await callDetails(call));
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
