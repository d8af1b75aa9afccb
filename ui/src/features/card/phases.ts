import type { IconNode } from "lucide";
import Check from "lucide/dist/esm/icons/check.mjs";
import Pause from "lucide/dist/esm/icons/pause.mjs";
import PhoneCall from "lucide/dist/esm/icons/phone-call.mjs";
import PhoneIncoming from "lucide/dist/esm/icons/phone-incoming.mjs";
import PhoneMissed from "lucide/dist/esm/icons/phone-missed.mjs";
import PhoneOff from "lucide/dist/esm/icons/phone-off.mjs";
import PhoneOutgoing from "lucide/dist/esm/icons/phone-outgoing.mjs";
import UserCheck from "lucide/dist/esm/icons/user-check.mjs";
import type { CardPhase } from "$generated/CardPhase";
import type { CardView } from "$generated/CardView";
import { duration } from "$lib/time";
import { cardText } from "$messages/card";

/** How a phase looks and what it offers. */
export interface PhaseStyle {
  /** Colour of the pill. */
  tone: "good" | "accent" | "bad" | "warn" | "quiet";
  /** Its shape, so that colour is never alone. */
  icon: IconNode;
  /** What the timer counts from. */
  timer?: "start" | "talk" | undefined;
  /** Calling this party again is the main thing to do. */
  callBack?: boolean;
  /** The call is over for this desk. */
  over?: boolean;
}

const notReached: PhaseStyle = { tone: "warn", icon: PhoneOff, callBack: true, over: true };

/** What each phase looks like. */
export const phaseStyles: Record<CardPhase, PhaseStyle> = {
  ringing: { tone: "good", icon: PhoneIncoming, timer: "start" },
  pickUpYourPhone: { tone: "accent", icon: PhoneOutgoing, timer: "start" },
  calling: { tone: "accent", icon: PhoneOutgoing, timer: "start" },
  talking: { tone: "accent", icon: PhoneCall, timer: "talk" },
  onHold: { tone: "warn", icon: Pause, timer: "talk" },
  answeredBy: { tone: "quiet", icon: UserCheck, timer: "talk", over: true },
  ended: { tone: "quiet", icon: Check, timer: "talk", over: true },
  missed: { tone: "bad", icon: PhoneMissed, timer: "start", callBack: true, over: true },
  ownPhoneBusy: notReached,
  busy: notReached,
  noAnswer: notReached,
  cancelled: { tone: "quiet", icon: PhoneOff, over: true },
  failed: { ...notReached, tone: "bad" },
  unknownOutcome: { ...notReached, callBack: false },
};

/** Both sides are there, or the other one is being called. */
export function isOnTheLine(phase: CardPhase): boolean {
  return phase === "calling" || phase === "talking" || phase === "onHold";
}

/** What the timer shows; `undefined` where a phase has none. */
export function timerWords(card: CardView, nowMs: number): string | undefined {
  const { timer } = phaseStyles[card.phase];
  if (!timer) return undefined;
  const from = timer === "talk" ? (card.answeredAt ?? card.startedAt) : card.startedAt;
  const until = card.endedAt ? Date.parse(card.endedAt) : nowMs + card.clockOffsetMs;
  const ms = until - Date.parse(from);
  if (card.phase !== "missed") return duration(ms);
  return ms < 1000 ? undefined : cardText().rang(card.party.name, duration(ms));
}
