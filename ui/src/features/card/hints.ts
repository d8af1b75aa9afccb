import type { CardPhase } from "$generated/CardPhase";
import type { CardView } from "$generated/CardView";
import { duration, spokenTime } from "$lib/time";
import { cardText } from "$messages/card";
import { commonText } from "$messages/common";

/** What a card explains below the party, one short sentence each. */
export function hints(card: CardView): string[] {
  const sentence = keysHint(card) ?? phaseHint(card);
  return [
    ...(sentence ? [sentence] : []),
    ...(card.notConfirmed ? [cardText().notConfirmed] : []),
    ...(card.hangupOnPhone && isOnTheLine(card.phase) ? [cardText().hangupOnPhone] : []),
  ];
}

/** What is known of the last talk with this party. */
export function context(card: CardView, nowMs: number): string | undefined {
  const last = card.lastTalk;
  if (!last) return undefined;
  const talk = cardText().lastTalk(spokenTime(last.at, nowMs), last.agent, duration(last.talkMs));
  return last.note ? `${talk} · ${cardText().lastNote(last.note)}` : talk;
}

function isOnTheLine(phase: CardPhase): boolean {
  return phase === "calling" || phase === "talking" || phase === "onHold";
}

/** What to key in, as long as that may be needed: nobody else remembers it. */
function keysHint({ phase, extension, postDial }: CardView): string | undefined {
  if (!isOnTheLine(phase)) return undefined;
  const { thenExtension, thenDigits } = commonText();
  return extension ? thenExtension(extension) : postDial && thenDigits(postDial);
}

function phaseHint({ phase, endReason }: CardView): string | undefined {
  const text = cardText();
  switch (phase) {
    case "pickUpYourPhone":
      return text.pickUpHint;
    case "calling":
      return text.callingHint;
    case "ownPhoneBusy":
      return text.ownPhoneBusyHint;
    case "busy":
      return text.busyHint;
    case "noAnswer":
      return text.noAnswerHint;
    case "cancelled":
      return text.noLongerHint;
    case "failed":
      return endReason ? text.endReason(endReason) : text.failedHint;
    case "unknownOutcome":
      return text.unknownOutcomeHint;
    case "ringing":
    case "talking":
    case "onHold":
    case "answeredBy":
    case "missed":
    case "ended":
      return undefined;
  }
}
