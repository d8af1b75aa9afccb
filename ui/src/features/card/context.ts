import type { CardView } from "$generated/CardView";
import { clockTime, duration, spokenTime } from "$lib/time";
import { cardText } from "$messages/card";
import { commonText } from "$messages/common";
import { isOnTheLine, phaseStyles } from "./phases";

/** A line of the box in the middle of a card. */
export interface ContextLine {
  words: string;
  /** What somebody wrote stands out, in one line. */
  isNote?: boolean;
}

/** What the box says: what to do or to know now, then the last talk with this party and its note. Never nothing. */
export function context(card: CardView, nowMs: number): ContextLine[] {
  const { notConfirmed, nothingKnown, notToCallBack } = cardText();
  const last = phaseStyles[card.phase].over ? [] : lastTalk(card, nowMs);
  const needed = [keysHint(card) ?? phaseHint(card), card.notConfirmed && notConfirmed].flatMap((words) =>
    words ? [{ words }] : [],
  );
  const lines = [...needed, ...last];
  if (!card.party.number) lines.push({ words: notToCallBack });
  return lines.length > 0 ? lines : [{ words: nothingKnown }];
}

function lastTalk({ lastTalk: last }: CardView, nowMs: number): ContextLine[] {
  if (!last) return [];
  const length = last.talkMs === undefined ? undefined : duration(last.talkMs);
  const talk = { words: cardText().lastTalk(spokenTime(last.at, nowMs), last.agent, length) };
  return last.note ? [talk, { words: cardText().quoted(last.note), isNote: true }] : [talk];
}

/** What to key in, as long as that may be needed: nobody else remembers it. */
function keysHint({ phase, extension, postDial }: CardView): string | undefined {
  if (!isOnTheLine(phase)) return undefined;
  const { thenExtension, thenDigits } = commonText();
  return extension ? thenExtension(extension) : postDial && thenDigits(postDial);
}

function phaseHint({ phase, endReason, startedAt }: CardView): string | undefined {
  const { hints, missedHint, endReason: reason } = cardText();
  if (phase === "missed") return missedHint(clockTime(startedAt));
  return phase === "failed" && endReason ? reason(endReason) : hints[phase];
}
