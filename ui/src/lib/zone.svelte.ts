import type { ZoneView } from "$generated/ZoneView";

/** The zone by which every time is shown; changing it repaints what shows times. */
class CurrentZone {
  view: ZoneView = $state.raw({ offsets: [{ since: 0, seconds: 0 }] });
}

export const zone = new CurrentZone();

/**
 * What the clock on the wall shows at a moment, to be read with the `getUTC…` methods. The page's own zone database may
 * be older than the program's, so it is never asked.
 */
export function wallClock(moment: string | number): Date {
  const ms = typeof moment === "number" ? moment : Date.parse(moment);
  const { offsets } = zone.view;
  const holds = offsets.findLast(({ since }) => since * 1000 <= ms) ?? offsets[0];
  return new Date(ms + (holds?.seconds ?? 0) * 1000);
}
