import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AHEAD, BEHIND, nextRange, placeOf, readyFrom, stale, stretchAt } from "./maths";

describe("the place of a time", () => {
  const seconds = [44, 3044, 6044, 9044];

  it("is the frame of its whole second", () => {
    expect(placeOf(seconds, 0)).toEqual({ byte: 44, time: 0 });
    expect(placeOf(seconds, 2.9)).toEqual({ byte: 6044, time: 2 });
  });

  it("stays within the file", () => {
    expect(placeOf(seconds, 99)).toEqual({ byte: 9044, time: 3 });
    expect(placeOf(seconds, -1)).toEqual({ byte: 44, time: 0 });
    expect(placeOf([], 5)).toEqual({ byte: 0, time: 0 });
  });
});

describe("ranges", () => {
  it("cover the file without a gap, in pieces of 16 to 64 KiB", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000_000 }), (bytes) => {
        let next = 0;
        for (let fetched = 0; ; fetched++) {
          const range = nextRange(next, bytes, fetched);
          if (!range) break;
          const size = range[1] - range[0] + 1;
          expect(range[0]).toBe(next);
          expect(size).toBeLessThanOrEqual(64 * 1024);
          if (range[1] + 1 < bytes) expect(size).toBeGreaterThanOrEqual(16 * 1024);
          next = range[1] + 1;
        }
        expect(next).toBe(bytes);
      }),
    );
  });

  it("begin small, so that sound starts soon", () => {
    expect(nextRange(0, 1_000_000, 0)).toEqual([0, 16 * 1024 - 1]);
  });
});

describe("what is ready", () => {
  const ready = [
    { start: 0, end: 10 },
    { start: 20, end: 55 },
  ];

  it("is counted from the playhead to the end of its stretch", () => {
    expect(readyFrom(ready, 25)).toBe(30);
    expect(readyFrom(ready, 15)).toBe(0);
    expect(readyFrom([{ start: 72.05, end: 100 }], 72)).toBe(28);
  });

  it("tells whether a jump needs other bytes", () => {
    expect(stretchAt(ready, 9.9)).toBe(ready[0]);
    expect(stretchAt(ready, 10)).toBeUndefined();
  });

  it("is dropped far behind the playhead only", () => {
    expect(stale([{ start: 0, end: 70 }], 2 * BEHIND - 1)).toBeUndefined();
    expect(stale([{ start: 0, end: 90 }], 65)).toEqual({ start: 0, end: 35 });
    expect(stale([], 65)).toBeUndefined();
  });

  it("stays bounded: at most what is kept behind and ahead", () => {
    expect(AHEAD + 2 * BEHIND).toBeLessThanOrEqual(120);
  });
});
