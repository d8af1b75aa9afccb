import type { CallRow } from "$generated/CallRow";
import { isPlayable } from "$lib/calls";

/** What arrows go through in a row: the row itself, its number, its recording. */
export type Cell = "row" | "number" | "recording";

/** The cells of a row that do something. */
export function cellsOf(row: CallRow): Cell[] {
  return [
    "row",
    ...(row.party.dial === undefined ? [] : ["number" as const]),
    ...(isPlayable(row) ? ["recording" as const] : []),
  ];
}
