import type { CallRef } from "$generated/CallRef";
import type { CallRow } from "$generated/CallRow";

/** A key for maps and lists: an office and its call. */
export function callKey(call: CallRef): string {
  return `${call.office}/${call.id}`;
}

/** Both name the same call. */
export function sameCall(one: CallRef | undefined, other: CallRef | undefined): boolean {
  return one !== undefined && other !== undefined && callKey(one) === callKey(other);
}

/** Nobody of ours talked though somebody called: what a person has to make good. */
export function isMissed(row: CallRow): boolean {
  return row.state === "ended" && row.result === "missed";
}

/** The call goes on. */
export function isOpen(row: CallRow): boolean {
  return row.state !== "ended";
}

/** The person here talks in it: what can be done with his own talk is told. */
export function isMyTalk(row: CallRow): boolean {
  const talks = row.state === "talking" || row.state === "onHold" || row.state === "conference";
  return talks && row.controls.some(({ ability }) => ability === "hangup");
}

/** How long an open call has gone on, in milliseconds by its office's clock: its talk once there is one. */
export function runsFor(row: CallRow, nowMs: number, clockOffsetMs: number): number {
  return nowMs + clockOffsetMs - Date.parse(row.answeredAt ?? row.startedAt);
}

/** Its recording is there, or on its way. */
export function isPlayable(row: CallRow): boolean {
  const state = row.recording?.state;
  return state === "ready" || state === "fetching" || state === "preparing";
}

/** Two letters for the round picture beside a name; none where only a number is known. */
export function initials(name: string | undefined): string | undefined {
  const letters = (name ?? "")
    .split(/[\s«»"()]+/u)
    .map((word) => [...word][0] ?? "")
    .filter((letter) => /\p{L}/u.test(letter));
  return letters.length > 0 ? letters.slice(0, 2).join("").toLocaleUpperCase() : undefined;
}
