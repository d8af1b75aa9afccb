import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HEADING, Layout, ROW, ScrollMap, scrolled, stepped, TALLEST } from "./window";

const layouts = fc
  .record({ total: fc.integer({ min: 1, max: 2000 }), starts: fc.uniqueArray(fc.integer({ min: 0, max: 1999 })) })
  .map(({ total, starts }) => {
    const ascending = [0, ...starts.filter((start) => start > 0 && start < total).sort((a, b) => a - b)];
    return new Layout(total, ascending);
  });

describe("layout", () => {
  it("puts rows below each other, with a heading above each day", () => {
    const layout = new Layout(4, [0, 2]);
    expect([0, 1, 2, 3].map((index) => layout.top(index))).toEqual([28, 74, 148, 194]);
    expect(layout.headingTop(2)).toBe(120);
    expect(layout.height).toBe(4 * ROW + 2 * HEADING);
  });

  it("finds at each place the row that stands there", () => {
    fc.assert(
      fc.property(layouts, fc.double({ min: 0, max: 0.999, noNaN: true }), (layout, part) => {
        const place = part * layout.height;
        const index = layout.indexAt(place);
        const bottom = layout.top(index) + ROW;
        const boxTop = layout.starts.includes(index) ? layout.headingTop(index) : layout.top(index);
        expect(boxTop).toBeLessThanOrEqual(place);
        expect(bottom).toBeGreaterThan(place);
      }),
    );
  });

  it("shows every row that can be seen, and few others", () => {
    fc.assert(
      fc.property(
        layouts,
        fc.integer({ min: 0, max: 90_000 }),
        fc.integer({ min: 100, max: 1200 }),
        (layout, y, view) => {
          const [first, end] = layout.window(y, view);
          for (let index = 0; index < layout.total; index++) {
            const seen = layout.top(index) < y + view && layout.top(index) + ROW > y;
            if (seen) expect(index >= first && index < end).toBe(true);
          }
          expect(end - first).toBeLessThanOrEqual(Math.ceil(view / ROW) + 14);
        },
      ),
    );
  });

  it("of nothing shows nothing", () => {
    expect(new Layout(0, []).window(0, 600)).toEqual([0, 0]);
  });
});

describe("scroll map", () => {
  const maps = fc
    .record({ content: fc.integer({ min: 1000, max: 80_000_000 }), view: fc.integer({ min: 100, max: 900 }) })
    .map(({ content, view }) => new ScrollMap(content, view));

  it("leads from end to end", () => {
    fc.assert(
      fc.property(maps, (map) => {
        expect(map.toContent(0)).toBe(0);
        expect(map.toContent(map.shown - map.view)).toBeCloseTo(map.content - map.view, 3);
      }),
    );
  });

  it("goes there and back", () => {
    fc.assert(
      fc.property(maps, fc.double({ min: 0, max: 1, noNaN: true }), (map, part) => {
        const place = part * (map.content - map.view);
        expect(map.toContent(map.toScroll(place))).toBeCloseTo(place, 2);
      }),
    );
  });

  it("never asks for a taller element than WebKit can lay out", () => {
    const million = new Layout(1_000_000, [0]);
    expect(million.height).toBeGreaterThan(TALLEST);
    expect(new ScrollMap(million.height, 600).shown).toBe(TALLEST);
  });
});

describe("scrolling a list that is taller than its scroll bar", () => {
  const map = new ScrollMap(50_000_000, 600);

  it("moves one to one by wheel, wherever it stands", () => {
    const from = { scroll: 6_000_000, place: 25_000_000 };
    expect(scrolled(map, from, 6_000_120)).toEqual({ scroll: 6_000_120, place: 25_000_120 });
    expect(scrolled(map, from, 5_999_880)).toEqual({ scroll: 5_999_880, place: 24_999_880 });
  });

  it("jumps where the bar points", () => {
    const jumped = scrolled(map, { scroll: 0, place: 0 }, 6_000_000);
    expect(jumped.place).toBeCloseTo(map.toContent(6_000_000));
  });

  it("stops at both ends", () => {
    const end = map.content - map.view;
    expect(scrolled(map, { scroll: TALLEST - 700, place: end - 10 }, TALLEST - 600).place).toBe(end);
    expect(scrolled(map, { scroll: 100, place: 10 }, 0).place).toBe(0);
  });
});

describe("a step by keyboard", () => {
  it.each([
    ["ArrowDown", 6],
    ["ArrowUp", 4],
    ["PageDown", 9],
    ["PageUp", 0],
    ["Home", 0],
    ["End", 9],
    ["a", undefined],
  ])("%s leads from row 5 of ten to %s", (key, to) => expect(stepped(key, 5, 7, 9)).toBe(to));
});
