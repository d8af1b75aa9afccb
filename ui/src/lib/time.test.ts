import { beforeEach, describe, expect, it } from "vitest";
import { language } from "./language.svelte";
import { clockTime, dayHeading, dayKey, duration, exactTime, roughly, spokenTime } from "./time";
import { zone } from "./zone.svelte";

// No zone that a machine of ours is set to: what the page's own clock says must not matter.
const AHEAD = 5.75 * 3600;

/** A moment by what the clock on the wall shows. */
const at = (year: number, month: number, day: number, hours = 12, minutes = 0, seconds = 0) =>
  new Date(Date.UTC(year, month - 1, day, hours, minutes, seconds) - AHEAD * 1000).toISOString();
const now = Date.parse(at(2025, 11, 20, 14, 32));

beforeEach(() => {
  language.code = "ru";
  zone.view = { offsets: [{ since: 0, seconds: AHEAD }] };
});

describe("duration", () => {
  it.each([
    [0, "0:00"],
    [4_000, "0:04"],
    [4_999, "0:04"],
    [192_000, "3:12"],
    [3_723_000, "1:02:03"],
    [-5_000, "0:00"],
  ])("%i ms is %s", (ms, shown) => expect(duration(ms)).toBe(shown));
});

describe("a rough length", () => {
  it.each([
    [45_000, "45 с"],
    [61_000, "1 мин"],
    [10_800_000, "3 ч"],
    [259_200_000, "3 дн."],
  ])("%i ms is %s", (ms, shown) => expect(roughly(ms)).toBe(shown));
});

describe("moments", () => {
  it("shows hours, minutes and seconds of this computer", () => {
    expect(clockTime(at(2025, 11, 20, 0, 5))).toBe("00:05");
    expect(exactTime(at(2025, 11, 20, 14, 32, 4))).toBe("14:32:04");
  });

  it.each([
    [at(2025, 11, 20, 9, 5), "09:05"],
    [at(2025, 11, 19, 16, 42), "вчера, 16:42"],
    [at(2025, 11, 3, 16, 42), "3 ноября, 16:42"],
    [at(2024, 11, 3, 16, 42), "3 ноября 2024 г."],
  ])("%s is said as %s", (moment, said) => expect(spokenTime(moment, now)).toBe(said));

  it("says it in English too", () => {
    language.code = "en";
    expect(spokenTime(at(2025, 11, 19, 16, 42), now)).toBe("yesterday, 16:42");
  });

  it("takes midnight, not 24 hours, for the border of yesterday", () => {
    const soonAfterMidnight = Date.parse(at(2025, 11, 20, 0, 1));
    expect(spokenTime(at(2025, 11, 19, 23, 59), soonAfterMidnight)).toBe("вчера, 23:59");
  });
});

describe("a zone that changes", () => {
  // Almaty left UTC+6 for UTC+5 when 1 March 2024 began.
  beforeEach(() => {
    zone.view = {
      offsets: [
        { since: 1_262_304_000, seconds: 21_600 },
        { since: Date.UTC(2024, 1, 29, 18) / 1000, seconds: 18_000 },
      ],
    };
  });

  it("shows each moment as the clock on the wall did", () => {
    expect(clockTime("2024-02-29T17:30:00Z")).toBe("23:30");
    expect(clockTime("2024-02-29T18:30:00Z")).toBe("23:30");
    expect(clockTime("2024-02-29T19:00:00Z")).toBe("00:00");
  });

  it("begins its days where they began", () => {
    expect(dayKey("2024-02-29T18:59:59Z")).toBe("2024-02-29");
    expect(dayKey("2024-02-29T19:00:00Z")).toBe("2024-03-01");
    expect(dayKey("1999-12-31T18:00:00Z")).toBe("2000-01-01");
  });
});

describe("headings of days", () => {
  it.each([
    [at(2025, 11, 20), "Сегодня, 20 ноября"],
    [at(2025, 11, 19), "Вчера, 19 ноября"],
    [at(2025, 11, 17), "Понедельник, 17 ноября"],
  ])("%s: %s", (moment, heading) => expect(dayHeading(moment, now)).toBe(heading));

  it("begin with a capital in English", () => {
    language.code = "en";
    expect(dayHeading(at(2025, 11, 17), now)).toBe("Monday, 17 November");
  });

  it("are one for all moments of a day", () => {
    expect(dayKey(at(2025, 11, 20, 0, 0))).toBe(dayKey(at(2025, 11, 20, 23, 59)));
    expect(dayKey(at(2025, 11, 20, 23, 59))).not.toBe(dayKey(at(2025, 11, 21, 0, 0)));
  });
});
