import type { CallRow } from "$generated/CallRow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { row } from "$tests/build";
import { Pages } from "./pages";

const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, offset) => row(from + offset));
const ids = (pages: Pages) => Array.from({ length: pages.known }, (_, index) => pages.row(index)?.call.id);
const named = (...list: CallRow[]) => list.map((one) => one.call.id);

function loaded(): Pages {
  const pages = new Pages();
  pages.push(undefined, { rows: rows(0, 4), next: "4", total: 10 });
  pages.push("4", { rows: rows(4, 8), next: "8" });
  return pages;
}

describe("pages", () => {
  it("count what the office says, until the end is known", () => {
    const pages = loaded();
    expect([pages.known, pages.total, pages.complete]).toEqual([8, 10, false]);
    pages.push("8", { rows: rows(8, 9) });
    expect([pages.known, pages.total, pages.complete]).toEqual([9, 9, true]);
  });

  it("leave room for one more row while a search may go on", () => {
    const pages = new Pages();
    pages.push(undefined, { rows: rows(0, 3), next: "3" });
    expect(pages.total).toBe(4);
  });

  it("know where days begin, across pages", () => {
    const pages = new Pages();
    const noon = new Date(2025, 10, 20, 12).toISOString();
    const before = new Date(2025, 10, 19, 12).toISOString();
    pages.push(undefined, { rows: [row(0, { startedAt: noon }), row(1, { startedAt: noon })], next: "2" });
    pages.push("2", { rows: [row(2, { startedAt: noon }), row(3, { startedAt: before })] });
    expect(pages.days().map((day) => day.index)).toEqual([0, 3]);
  });

  it("put changed rows in their place and leave the unknown to the office", () => {
    const pages = loaded();
    pages.update([row(5, { noted: true }), row(-1)]);
    expect(pages.row(5)?.noted).toBe(true);
    expect(pages.known).toBe(8);
  });

  it("take new calls at the top and let go of what the office no longer lists", () => {
    const pages = loaded();
    pages.refresh({ rows: [row(-1), row(0), row(2)], next: "3", total: 10 });
    expect(ids(pages)).toEqual(named(row(-1), row(0), row(2), row(3), ...rows(4, 8)));
  });

  it("become short when the office has little left", () => {
    const pages = loaded();
    pages.refresh({ rows: [row(2)], total: 1 });
    expect(ids(pages)).toEqual(["call2"]);
    expect(pages.complete).toBe(true);
  });

  it("say that nothing they hold is among the newest, for there may be a hole between", () => {
    const pages = loaded();
    expect(pages.refresh({ rows: rows(-8, -4), next: "more", total: 18 })).toBe(false);
    expect(ids(pages)).toEqual(named(...rows(0, 8)));
    expect(pages.refresh({ rows: rows(-4, 1), next: "more", total: 18 })).toBe(true);
  });

  it("drop far rows, keep the newest page, and know how to get rows back", () => {
    const pages = new Pages();
    for (let page = 0; page < 40; page++) {
      pages.push(page === 0 ? undefined : String(page), { rows: rows(page * 5, page * 5 + 5), next: String(page + 1) });
      pages.forget(page * 5);
    }
    expect(pages.known).toBe(200);
    expect(pages.row(0)).toBeDefined();
    expect(pages.row(50)).toBeUndefined();
    expect(pages.row(199)).toBeDefined();
    const gone = pages.dropped(50);
    expect(gone).toEqual({ page: 10, before: "10", limit: 5 });
    pages.restore(10, rows(50, 55));
    expect(pages.row(50)?.call.id).toBe("call50");
  });

  it("never show a call twice, whatever comes and goes at the top", () => {
    const newest = fc.array(fc.integer({ min: -5, max: 12 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(newest, { maxLength: 6 }), (refreshes) => {
        const pages = new Pages();
        pages.push(undefined, { rows: rows(0, 10), next: "10", total: 30 });
        for (const numbers of refreshes) {
          const listed = [...new Set(numbers)].sort((a, b) => a - b).map((number) => row(number));
          const taken = pages.refresh({ rows: listed, next: "more", total: 30 });
          const shown = ids(pages);
          expect(new Set(shown).size).toBe(shown.length);
          if (taken) expect(shown.slice(0, listed.length)).toEqual(named(...listed));
        }
      }),
    );
  });
});
