import type { Hole } from "$generated/Hole";
import type { OfficeView } from "$generated/OfficeView";
import { titleOf } from "$lib/language.svelte";
import type { Pages } from "./pages";

/** A time of which the calls of a PBX are missing for good. */
export interface NamedHole extends Hole {
  /** What people call the PBX. */
  pbx: string;
}

/** A hole above the row at an index, and above so many other headings of that row. */
export interface HoleLine {
  index: number;
  below: number;
  hole: NamedHole;
}

/** The holes of all PBXs. */
export function holesOf(offices: OfficeView[]): NamedHole[] {
  return offices.flatMap((office) =>
    office.connections.flatMap((connection) =>
      connection.holes.map((hole) => ({ ...hole, pbx: titleOf(connection.title) })),
    ),
  );
}

/** Where holes stand among the calls: each above the first call that began before it ended. */
export function holeLines(holes: NamedHole[], pages: Pages): HoleLine[] {
  const newestFirst = holes.toSorted((one, other) => Date.parse(other.until) - Date.parse(one.until));
  const placed = newestFirst.flatMap((hole) => {
    const index = pages.indexBefore(Date.parse(hole.until));
    return index === undefined ? [] : [{ index, hole }];
  });
  const days = new Set(pages.days().map((day) => day.index));
  // The oldest of one place stands directly above its row, or above the heading of the day that begins there.
  return placed.map((line, at) => {
    const below = placed.slice(at + 1).filter((other) => other.index === line.index);
    return { ...line, below: below.length + (days.has(line.index) ? 1 : 0) };
  });
}
