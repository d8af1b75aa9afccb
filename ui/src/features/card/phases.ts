import type { CardPhase } from "$generated/CardPhase";
import type { CardView } from "$generated/CardView";

/** How a phase looks and what it offers. */
export interface PhaseLook {
  /** Colour of the pill. */
  tone: "good" | "accent" | "bad" | "warn" | "quiet";
  /** Shape of its dot, so that colour is never alone. */
  mark: "dot" | "ring" | "bars" | "none";
  /** What the timer counts from. */
  timer: "start" | "talk" | "none";
  /** Calling this party again is the main thing to do. */
  callBack: boolean;
  /** The call is over for this desk: the card is small. */
  over: boolean;
}

const quietEnd = { tone: "quiet", mark: "none", timer: "none", callBack: false, over: true } as const;

/** What each phase looks like. */
export const phaseLooks: Record<CardPhase, PhaseLook> = {
  ringing: { tone: "good", mark: "dot", timer: "start", callBack: false, over: false },
  pickUpYourPhone: { tone: "accent", mark: "ring", timer: "start", callBack: false, over: false },
  calling: { tone: "accent", mark: "ring", timer: "start", callBack: false, over: false },
  talking: { tone: "accent", mark: "dot", timer: "talk", callBack: false, over: false },
  onHold: { tone: "warn", mark: "bars", timer: "talk", callBack: false, over: false },
  answeredBy: { ...quietEnd, timer: "talk" },
  ended: { ...quietEnd, timer: "talk" },
  missed: { ...quietEnd, tone: "bad", callBack: true },
  ownPhoneBusy: { ...quietEnd, tone: "warn", callBack: true },
  busy: { ...quietEnd, tone: "warn", callBack: true },
  noAnswer: { ...quietEnd, tone: "warn", callBack: true },
  cancelled: { ...quietEnd },
  failed: { ...quietEnd, tone: "bad", callBack: true },
  unknownOutcome: { ...quietEnd, tone: "warn" },
};

/** What the timer shows, in milliseconds; `undefined` where a phase has none. */
export function elapsed(card: CardView, nowMs: number): number | undefined {
  const { timer } = phaseLooks[card.phase];
  if (timer === "none") return undefined;
  const from = timer === "talk" ? (card.answeredAt ?? card.startedAt) : card.startedAt;
  const until = card.endedAt ? Date.parse(card.endedAt) : nowMs + card.clockOffsetMs;
  return Math.max(0, until - Date.parse(from));
}
