import type { CallRow } from "$generated/CallRow";
import { pageOf } from "$platform/fake/rows";
import { fireEvent, render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { row } from "$tests/build";
import CallGrid from "./CallGrid.svelte";
import { CallList } from "./list.svelte";

async function show(list: CallList, selected?: CallRow) {
  await list.reload();
  const play = vi.fn();
  const unused = { today: undefined, clockOffset: () => 0, select: vi.fn(), dial: vi.fn() };
  render(CallGrid, { list, selected: selected?.call, play, ...unused });
  return { play, user: userEvent.setup() };
}

const shown = () => screen.queryAllByTestId("call-row").map((element) => element.dataset.call);

describe("the list on the screen", () => {
  it("shows the newest of what a filter leaves, wherever it was scrolled to", async () => {
    const list = new CallList({ listCalls: async (request) => pageOf(3000, request) });
    await show(list);
    const grid = screen.getByRole("grid");
    grid.scrollTop = 2000;
    await fireEvent.scroll(grid);
    await vi.waitFor(() => expect(shown()).toContain("demo/call35"));
    expect(shown()).not.toContain("demo/call0");
    list.choose("incoming");
    await vi.waitFor(() => expect(shown()).toContain("demo/call0"));
    expect(grid.scrollTop).toBe(0);
  });

  it("plays by the space bar what can be played, and nothing else", async () => {
    const gone = row(1, { recording: { id: "r", state: "gone" } });
    const { play, user } = await show(new CallList({ listCalls: async () => ({ rows: [gone] }) }), gone);
    screen.getByRole("grid").focus();
    await user.keyboard(" ");
    expect(play).not.toHaveBeenCalled();
  });

  it("plays the chosen recording by the space bar", async () => {
    const ready = row(1, { recording: { id: "r", state: "ready" } });
    const { play, user } = await show(new CallList({ listCalls: async () => ({ rows: [ready] }) }), ready);
    screen.getByRole("grid").focus();
    await user.keyboard(" ");
    expect(play).toHaveBeenCalledTimes(1);
  });
});
