import type { CallRow } from "$generated/CallRow";
import { isMissed, isOpen } from "$lib/calls";
import { callsText } from "$messages/calls";

/** A word for how a call went, and whether it asks for attention. */
export interface RowWord {
  word: string;
  tone: "plain" | "bad" | "good" | "accent" | "quiet";
}

/** What a row says of its call. */
export function rowWord(row: CallRow): RowWord {
  if (isOpen(row)) return openWord(row);
  if (isMissed(row)) return { word: callsText().results.missed, tone: "bad" };
  if (row.result === undefined) return { word: callsText().states.ended, tone: "plain" };
  if (row.result === "answered" && row.direction === "internal") return { word: callsText().internal, tone: "plain" };
  const quiet = row.result === "answered" || row.result === "answeredElsewhere";
  return { word: callsText().results[row.result], tone: quiet ? "plain" : "quiet" };
}

function openWord(row: CallRow): RowWord {
  if (row.state === "ringing" && row.direction === "outgoing") return { word: callsText().ringingOut, tone: "accent" };
  return { word: callsText().states[row.state], tone: row.state === "ringing" ? "good" : "accent" };
}

/** The direction in words, for those who do not see the arrow. */
export function rowDirection(row: CallRow): string {
  return isMissed(row) ? callsText().missedIncoming : callsText().directions[row.direction];
}
