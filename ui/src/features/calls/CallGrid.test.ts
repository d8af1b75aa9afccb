import type { CallRow } from "$generated/CallRow";
import { language } from "$lib/language.svelte";
import { pageOf } from "$platform/fake/rows";
import { fireEvent, render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { row } from "$tests/build";
import CallGrid from "./CallGrid.svelte";
import { CallList } from "./list.svelte";

async function show(list: CallList, selected?: CallRow) {
  await list.reload();
  const [play, dial, read] = [vi.fn(), vi.fn(), vi.fn()];
  const unused = { today: undefined, playing: undefined, clockOffset: () => 0, select: vi.fn() };
  render(CallGrid, { list, selected: selected?.call, play, dial, read, ...unused });
  return { play, dial, read, user: userEvent.setup() };
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

  it("makes rows for what the window shows, also while the page is as tall as a million calls", async () => {
    // So it is measured where the styles are not here yet.
    const tall = vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(12_000_000);
    const list = new CallList({ listCalls: async (request) => pageOf(1_000_000, request) });
    await show(list);
    await vi.waitFor(() => expect(shown()).toContain("demo/call0"));
    expect(screen.getAllByRole("row").length).toBeLessThan(100);
    tall.mockRestore();
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

  it("goes through what can be done in a row by arrows, and Enter does it", async () => {
    const ready = row(1, { recording: { id: "r", state: "ready" } });
    const { play, dial, read, user } = await show(new CallList({ listCalls: async () => ({ rows: [ready] }) }), ready);
    const grid = screen.getByRole("grid");
    grid.focus();
    await user.keyboard("{Enter}");
    expect(read).toHaveBeenCalledTimes(1);
    await user.keyboard("{ArrowRight}");
    expect(document.getElementById(grid.getAttribute("aria-activedescendant") ?? "")?.textContent).toContain("+7 900");
    await user.keyboard("{Enter}");
    expect(dial).toHaveBeenCalledWith("+79001234567");
    await user.keyboard("{ArrowRight}{ArrowRight}{Enter}");
    expect(play).toHaveBeenCalledTimes(1);
    await user.keyboard("{ArrowLeft}{ArrowLeft}{ArrowLeft}{Enter}");
    expect(read).toHaveBeenCalledTimes(2);
  });

  it("says where a short list ends", async () => {
    language.code = "ru";
    vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
    await show(new CallList({ listCalls: async () => ({ rows: [row(1), row(2)] }) }));
    expect(screen.getByTestId("list-end").textContent).toContain("20 ноября");
  });
});
