import { describe, expect, it } from "vitest";
import { columns } from "./hours";

describe("the hours of a day", () => {
  it("are the usual ones, and those in which there were calls", () => {
    const shown = columns(
      [
        { hour: 6, answered: 1, missed: 0 },
        { hour: 20, answered: 0, missed: 2 },
      ],
      12,
    );
    expect([shown[0]?.hour, shown.at(-1)?.hour, shown.length]).toEqual([6, 20, 15]);
    expect(columns([], 10).map(({ hour }) => hour)).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]);
    expect(columns([], 23).at(-1)?.hour).toBe(23);
  });

  it("are as high as their calls, and one call is seen beside a thousand", () => {
    const shown = columns(
      [
        { hour: 9, answered: 1000, missed: 0 },
        { hour: 10, answered: 1, missed: 1 },
      ],
      10,
    );
    const [nine, ten] = [shown[1], shown[2]];
    expect(nine?.heights).toEqual({ answered: 96, missed: 0 });
    expect(ten?.heights).toEqual({ answered: 8, missed: 8 });
  });
});
