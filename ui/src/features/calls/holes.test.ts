import { render, screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { row } from "$tests/build";
import CallGrid from "./CallGrid.svelte";
import { holeLines, type NamedHole } from "./holes";
import { CallList } from "./list.svelte";
import { Pages } from "./pages";
import { HEADING, ROW } from "./window";

const DAY = "2025-11-20";
const at = (time: string) => `${DAY}T${time}:00Z`;
const hole = (from: string, until: string): NamedHole => ({ pbx: "MANGO", from: at(from), until: at(until) });
const calls = [
  row(1, { startedAt: at("12:00") }),
  row(2, { startedAt: at("11:00") }),
  row(3, { startedAt: at("09:00") }),
];

function pages(): Pages {
  const pages = new Pages();
  pages.push(undefined, { rows: calls.slice(0, 2), next: "older" });
  pages.push("older", { rows: calls.slice(2) });
  return pages;
}

describe("times without calls that are known", () => {
  it("stand above the first call that began before they ended", () => {
    const lines = holeLines([hole("09:30", "10:00"), hole("12:30", "13:00"), hole("11:10", "11:20")], pages());
    expect(lines.map((line) => [line.index, line.below])).toEqual([
      [0, 1],
      [1, 0],
      [2, 0],
    ]);
  });

  it("are left out below the last call, and keep their place when rows are dropped to save memory", () => {
    const known = pages();
    const holes = [hole("07:00", "08:00"), hole("11:10", "11:20")];
    const before = holeLines(holes, known);
    expect(before.map((line) => line.index)).toEqual([1]);
    for (let page = 0; page < 30; page++)
      known.push(`page ${page}`, { rows: [row(10 + page, { startedAt: at("08:30") })], next: "more" });
    known.forget(31);
    expect(holeLines(holes, known)).toEqual(before);
  });

  it("are told in the list of all calls and not among missed ones", async () => {
    const list = new CallList({ listCalls: async () => ({ rows: calls }) });
    list.missing = [hole("09:30", "10:00")];
    await list.reload();
    const unused = { today: undefined, playing: undefined, clockOffset: () => 0, select: vi.fn() };
    const buttons = { read: vi.fn(), play: vi.fn(), dial: vi.fn() };
    render(CallGrid, { list, selected: undefined, ...unused, ...buttons });
    expect(screen.getByTestId("call-hole").textContent).toContain("MANGO");
    expect(list.layout.height).toBe(3 * ROW + 2 * HEADING);
    list.choose("missed");
    await vi.waitFor(() => expect(screen.queryByTestId("call-hole")).toBeNull());
  });
});
