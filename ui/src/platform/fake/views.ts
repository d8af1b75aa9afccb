import type { Ability } from "$generated/Ability";
import type { CardPhase } from "$generated/CardPhase";
import type { CardsView } from "$generated/CardsView";
import type { CardView } from "$generated/CardView";
import type { ControlView } from "$generated/ControlView";
import type { DialConnection } from "$generated/DialConnection";
import type { LastTalk } from "$generated/LastTalk";
import type { MainView } from "$generated/MainView";
import { inLanguage } from "./english";
import { hasLongNames, LONG, rowAt } from "./rows";

/** The browser's own idea of the zone. */
const zone = { offsets: [{ since: 0, seconds: -new Date().getTimezoneOffset() * 60 }] };

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

const all = (...abilities: Ability[]): ControlView[] => abilities.map((ability) => ({ ability }));

/** What the main window starts with. */
export function mainView(): MainView {
  const ringing = { ...rowAt(0), call: { office: "demo", id: "open1" }, startedAt: ago(9), noted: false };
  const talking = { ...rowAt(3), call: { office: "demo", id: "open2" }, startedAt: ago(157), noted: false };
  for (const row of [ringing, talking]) {
    delete row.result;
    delete row.talkMs;
    delete row.recording;
  }
  return {
    revision: 1,
    stage: "demo",
    language: "ru",
    theme: "system",
    zone,
    settings: { theme: "system", cardCorner: "bottomRight" },
    me: { name: inLanguage("Пётр"), extensions: ["202"] },
    offices: [
      {
        id: "demo",
        name: "Демо",
        demo: true,
        admin: false,
        link: "live",
        clockOffsetMs: 0,
        connections: [
          {
            id: "rt1",
            title: { ru: "Ростелеком", en: "Rostelecom" },
            state: "live",
            refused: [],
            warnings: [],
            drained: 0,
            holes: [],
            abilities: [],
          },
          {
            id: "mango1",
            title: { ru: "MANGO OFFICE", en: "MANGO OFFICE" },
            state: "live",
            refused: [],
            warnings: [],
            drained: 0,
            holes: [],
            abilities: [],
          },
        ],
      },
    ],
    now: {
      open: [
        { ...talking, state: "talking", controls: all("hold", "transferBlind", "transferAttended", "dtmf", "hangup") },
        { ...ringing, state: "ringing", controls: all("pickup", "route") },
      ],
      missed: [rowAt(1), rowAt(6)],
      toCallBack: 2,
      today: 47,
      answeredToday: 39,
      missedToday: 5,
      answerMs: 9_000,
      hours: [2, 5, 6, 7, 4, 6, 11].map((answered, index) => ({
        hour: 8 + index,
        answered,
        missed: [0, 1, 0, 1, 0, 2, 1][index] ?? 0,
      })),
      whileAway: 3,
    },
    phone: { state: "ringing", shows: "+7 900 123-45-67" },
    cards: [],
    notices: [],
  };
}

/** Where calls can be placed: through one that calls only from one's own phone, and one that can do more. */
export function dialConnections(): DialConnection[] {
  const none = (ability: Ability): ControlView => ({ ability, cannot: "notOffered" });
  const through = (connection: string, ru: string, en: string) => ({
    office: "demo",
    connection,
    title: { ru, en },
    from: "202",
  });
  return [
    {
      ...through("rt1", "Ростелеком", "Rostelecom"),
      groups: [],
      controls: [none("customerFirst"), none("groupCallback")],
    },
    {
      ...through("mango1", "MANGO OFFICE", "MANGO OFFICE"),
      groups: [{ number: "500", title: inLanguage("Отдел продаж") }],
      controls: [none("customerFirst"), ...all("groupCallback")],
    },
  ];
}

/** What a PBX that can do much offers in a phase. */
const CONTROLS: Partial<Record<CardPhase, Ability[]>> = {
  ringing: ["answer"],
  talking: ["hold", "transferBlind", "hangup"],
  onHold: ["retrieve", "transferBlind", "hangup"],
  calling: ["hangup"],
};

/** A card in a phase. */
export function cardOf(phase: CardPhase, id: string): CardView {
  const talks = ["talking", "onHold", "ended", "answeredBy"].includes(phase);
  const over = ["answeredBy", "ended", "missed", "ownPhoneBusy", "busy", "noAnswer", "cancelled", "failed"].includes(
    phase,
  );
  const outgoing = [
    "pickUpYourPhone",
    "calling",
    "ownPhoneBusy",
    "busy",
    "noAnswer",
    "cancelled",
    "failed",
    "unknownOutcome",
  ];
  return {
    call: { office: "demo", id },
    state: over ? "ended" : phase === "talking" ? "talking" : phase === "onHold" ? "onHold" : "ringing",
    direction: outgoing.includes(phase) ? "outgoing" : "incoming",
    phase,
    party: {
      name: inLanguage(hasLongNames ? LONG.name : "Морозова Ольга"),
      number: "+7 900 123-45-67",
      dial: "+79001234567",
      internal: false,
    },
    line: inLanguage(hasLongNames ? LONG.line : "Отдел продаж"),
    lineNumber: "8 800 555-01-10",
    ...(phase === "answeredBy" ? { answeredBy: inLanguage("Ирина") } : {}),
    startedAt: ago({ ringing: 4, pickUpYourPhone: 3, calling: 12, missed: 28 }[phase as string] ?? 170),
    ...(over ? {} : { lastTalk: lastTalk() }),
    ...(talks ? { answeredAt: ago(157) } : {}),
    ...(over ? { endedAt: ago(4) } : {}),
    clockOffsetMs: 0,
    controls: all(...(CONTROLS[phase] ?? [])),
    canCall: true,
    notConfirmed: false,
  };
}

/** The talk with the same caller on the day before. */
export function lastTalk(): LastTalk {
  return {
    at: rowAt(12).startedAt,
    agent: inLanguage("Ирина"),
    talkMs: 192_000,
    note: inLanguage("перенести доставку на 18:00"),
  };
}

/** What the card window starts with: the three cards of the pictures, or the phases that are asked for. */
export function cardsView(phases: CardPhase[]): CardsView {
  const asked = phases.map((phase, index) => cardOf(phase, `card${index}`));
  const unknown = { internal: false, number: "+7 901 123-45-67", dial: "+79011234567" };
  const pictured: CardView[] = [
    { ...cardOf("ringing", "card1"), startedAt: ago(4), lastTalk: lastTalk() },
    {
      ...cardOf("talking", "card2"),
      party: unknown,
      line: inLanguage("Поддержка"),
      lineNumber: "+7 495 123-45-67",
      controls: [{ ability: "hangup", cannot: "onPhone" }],
    },
    {
      ...cardOf("answeredBy", "card3"),
      party: { ...unknown, name: inLanguage("Лебедев Павел"), number: "+7 903 123-45-67" },
    },
  ];
  return {
    revision: 1,
    cards: asked.length > 0 ? asked : pictured,
    more: 0,
    language: "ru",
    theme: "system",
    zone,
    demo: true,
    phone: { state: "ringing", shows: "+7 900 123-45-67" },
  };
}
