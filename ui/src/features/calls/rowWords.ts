import type { CallRow } from "$generated/CallRow";
import { isMissed, isOpen, runsFor } from "$lib/calls";
import { duration } from "$lib/time";
import { callsText } from "$messages/calls";

/** A word for how a call went, and whether it asks for attention. */
export interface RowWord {
  word: string;
  tone: "plain" | "bad" | "good" | "accent" | "warn";
}

/** What a row says of its call. */
export function rowWord(row: CallRow): RowWord {
  if (isOpen(row)) return openWord(row);
  if (isMissed(row)) return { word: callsText().results.missed, tone: "bad" };
  if (row.result === undefined) return { word: callsText().states.ended, tone: "plain" };
  if (row.result === "answeredElsewhere" && row.agent && /\p{L}/u.test(row.agent)) {
    return { word: callsText().answeredBy(row.agent), tone: "plain" };
  }
  return { word: callsText().results[row.result], tone: "plain" };
}

function openWord(row: CallRow): RowWord {
  if (row.state === "ringing" && row.direction === "outgoing") return { word: callsText().ringingOut, tone: "accent" };
  return {
    word: callsText().states[row.state],
    tone: row.state === "ringing" ? "good" : row.state === "onHold" ? "warn" : "accent",
  };
}

/** How long a row's call lasted: its talk, else how long it rang; `undefined` where that tells nothing. */
export function rowLength(row: CallRow, nowMs: number, clockOffset: number): string | undefined {
  if (row.talkMs !== undefined) return duration(row.talkMs);
  if (isOpen(row)) return duration(runsFor(row, nowMs, clockOffset));
  if (row.direction === "outgoing" && rangAtAll(row)) return callsText().waited(duration(row.rangMs ?? 0));
  return row.direction === "internal" ? undefined : rangFor(row);
}

/** How long a call rang that nobody took: `звонила 0:31`; `undefined` where it did not ring. */
export function rangFor(row: CallRow): string | undefined {
  return rangAtAll(row) ? callsText().rang(row.party.name, duration(row.rangMs ?? 0)) : undefined;
}

function rangAtAll({ rangMs = 0, result }: CallRow): boolean {
  return rangMs >= 1000 && result !== "answeredElsewhere";
}

/** The direction in words, for those who do not see the arrow. */
export function rowDirection(row: CallRow): string {
  return isMissed(row) ? callsText().missedIncoming : callsText().directions[row.direction];
}
