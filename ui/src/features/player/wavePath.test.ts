import { describe, expect, it } from "vitest";
import { LANE, loudest, STEP, wavePath } from "./wavePath";

describe("a lane", () => {
  it("shows the loudest of what a bar stands for", () => {
    expect(loudest([1, 9, 2, 3, 8, 0], 3)).toEqual([9, 3, 8]);
    expect(loudest([5, 7], 4)).toEqual([5, 5, 7, 7]);
    expect(loudest([], 3)).toEqual([]);
  });

  it("is drawn as one upright stroke a bar, within the lane", () => {
    const path = wavePath([0, 255], 2);
    expect(path.match(/M/g)).toHaveLength(2);
    const [, from, to] = /M4\.5 ([\d.]+)V([\d.]+)/.exec(path) ?? [];
    expect(Number(from)).toBeGreaterThanOrEqual(0);
    expect(Number(to)).toBeLessThanOrEqual(LANE);
    expect(path.startsWith(`M${STEP / 2} `)).toBe(true);
  });
});
