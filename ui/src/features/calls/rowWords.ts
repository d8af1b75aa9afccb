import type { CallRow } from "$generated/CallRow";
import type { ReachedView } from "$generated/ReachedView";
import { isMissed, isOpen, runsFor } from "$lib/calls";
import { person } from "$lib/person.svelte";
import { clockTime, dayKey, duration, isToday, nearDay, roughly } from "$lib/time";
import { callsText } from "$messages/calls";

/** A missed caller should be called back sooner. */
const LATE_MS = 30 * 60_000;

/** A word for how a call went, and whether it asks for attention. */
export interface RowWord {
  word: string;
  tone: "plain" | "bad" | "good" | "accent" | "warn";
}

/** What a row says of its call. */
export function rowWord(row: CallRow): RowWord {
  if (isOpen(row)) return openWord(row);
  if (isMissed(row)) return { word: callsText().results.missed, tone: "bad" };
  return { word: endedWord(row), tone: "plain" };
}

function endedWord(row: CallRow): string {
  const text = callsText();
  if (row.result === undefined) return text.states.ended;
  if (row.result !== "answered" && row.result !== "answeredElsewhere") return text.results[row.result];
  if (row.direction === "outgoing") return text.theyAnswered(row.party.name);
  const colleague = row.agent !== undefined && /\p{L}/u.test(row.agent) && !person.is(row.agent);
  return colleague && row.agent ? text.answeredBy(row.agent) : text.results.answered;
}

/** A missed caller of today who can be called and was not: he waits. */
export function waits(row: CallRow, nowMs: number): boolean {
  return isMissed(row) && isToday(row.startedAt, nowMs) && row.reached === undefined && row.party.dial !== undefined;
}

/** What the list says of a call: of a missed one, what came of it. */
export function listWord(row: CallRow, nowMs: number): RowWord {
  if (row.reached) return { word: reachedWord(row.reached, row, nowMs), tone: "plain" };
  if (waits(row, nowMs)) return { word: callsText().waits(waitedFor(row, nowMs)), tone: "bad" };
  return rowWord(row);
}

/** Who called whom at last, and when: on the day of the missed call its time, else the day. */
function reachedWord({ at, calledBack }: ReachedView, row: CallRow, nowMs: number): string {
  const text = callsText();
  const when = dayKey(at) === dayKey(row.startedAt) ? text.at(clockTime(at)) : nearDay(at, nowMs);
  return calledBack ? text.calledBack(when) : text.calledAgain(row.party.name, when);
}

/** How long a missed caller has waited for a call: `42 мин`. */
export function waitedFor(row: CallRow, nowMs: number): string {
  return roughly(Math.max(60_000, nowMs - Date.parse(row.startedAt)));
}

/** A caller has waited so long that it is late. */
export function waitsLong(row: CallRow, nowMs: number): boolean {
  return nowMs - Date.parse(row.startedAt) > LATE_MS;
}

/** Who of us talked, or whose phone rang; the person here is not named. */
export function rowAgent(row: CallRow): string | undefined {
  return person.is(row.agent) ? callsText().you : row.agent;
}

/** The line, or that it was a colleague. */
export function rowLine(row: CallRow): string | undefined {
  return row.line ?? (row.direction === "internal" ? callsText().internal : undefined);
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
