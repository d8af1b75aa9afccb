import type { HourView } from "$generated/HourView";

/** An hour of the day as it is drawn. */
export interface Column extends HourView {
  /** Pixels. */
  heights: { answered: number; missed: number };
}

/** Hours that are shown also while nothing has happened in them. */
const USUAL: [first: number, last: number] = [8, 18];
const TALLEST = 96;
const LOWEST = 8;

/** The hours of a day, from the usual first one to the usual last one or as far as there were calls. */
export function columns(hours: HourView[], current: number): Column[] {
  const known = new Map(hours.map((of) => [of.hour, of]));
  const first = Math.min(USUAL[0], current, ...known.keys());
  const last = Math.max(USUAL[1], current, ...known.keys());
  const most = Math.max(1, ...hours.map(({ answered, missed }) => answered + missed));
  const height = (calls: number) => (calls === 0 ? 0 : Math.max(LOWEST, Math.round((calls / most) * TALLEST)));
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const { hour, answered, missed } = known.get(first + index) ?? { hour: first + index, answered: 0, missed: 0 };
    return { hour, answered, missed, heights: { answered: height(answered), missed: height(missed) } };
  });
}
