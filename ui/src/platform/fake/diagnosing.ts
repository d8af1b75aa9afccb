// Why invented calls had no card.
import type { CardPath } from "$generated/CardPath";
import type { CardsReport } from "$generated/CardsReport";
import type { NoCard } from "$generated/NoCard";
import type { WithoutCard } from "$generated/WithoutCard";
import type { MainCommands } from "$generated/commands";
import { inLanguage } from "./english";
import { rowAt } from "./rows";

const CAUSES: NoCard[] = [
  { kind: "late", byMs: 14_000 },
  { kind: "deskAway", since: "2026-11-20T08:00:00Z", until: "2026-11-20T10:58:00Z" },
  { kind: "lineOfOtherGroups", line: inLanguage("Поддержка"), groups: ["support"] },
  { kind: "onlyInMenu" },
];

/** The answers of diagnostics. */
export function diagnosing(): Pick<MainCommands, "cardPath" | "cardsToday"> {
  const pyotr = { id: "t1", name: inLanguage("Пётр") };
  const anna = { id: "t2", name: inLanguage("Анна") };
  const item = (cause: NoCard, index: number): WithoutCard => {
    const row = rowAt(index + 1);
    return {
      at: row.startedAt,
      call: row.call.id,
      ...(row.party.name !== undefined && { customer: row.party.name }),
      line: row.line ?? "",
      ...(index !== 2 && { desk: pyotr }),
      atAllDesks: index === 2,
      cause,
    };
  };
  const refused: WithoutCard = {
    at: rowAt(6).startedAt,
    journal: 7,
    line: "rt1",
    atAllDesks: false,
    cause: { kind: "refused", reason: "the signature does not match" },
  };
  return {
    cardsToday: async (): Promise<CardsReport> => ({
      calls: 47,
      shown: 43,
      without: [...CAUSES.map(item), refused],
      speed: { within50: 33, within100: 6, later: 2, medianMs: 46, longestMs: 118 },
    }),
    cardPath: async ({ call, desk }): Promise<CardPath> => {
      const index = CAUSES.findIndex((_, index) => rowAt(index + 1).call.id === call.id);
      const row = rowAt(Number(call.id.slice(4)));
      const began = Date.parse(row.startedAt);
      const at = (ms: number) => new Date(began + ms).toISOString();
      const cause = desk === anna.id ? undefined : CAUSES[index];
      const places = [
        { place: "pbx" as const, at: at(112), took: undefined },
        { place: "signature" as const, at: at(136), took: 24 },
        { place: "log" as const, at: at(139), took: 3 },
        { place: "office" as const, at: at(145), took: 6 },
        { place: "desk" as const, at: at(150), took: 5 },
        { place: "card" as const, at: at(158), took: 8 },
      ];
      const stop = { late: 0, deskAway: 4, lineOfOtherGroups: 3, onlyInMenu: 3 }[cause?.kind as string] ?? 9;
      return {
        desk: desk === anna.id ? anna : pyotr,
        clockOff: false,
        hops: places.map(({ place, at, took }, index) => ({
          place,
          state: index < stop ? "passed" : index === stop ? "stopped" : "notReached",
          ...(index <= stop && { at }),
          ...(took !== undefined && index < stop && { tookMs: took }),
          ...(place === "log" && { seq: 48_211 }),
        })),
        ...(cause && { cause }),
        others: [desk === anna.id ? { desk: pyotr, cause: CAUSES[0] as NoCard } : { desk: anna, cardMs: 41 }],
        events: [
          { seq: 48_211, kind: "new", receivedAt: at(136), late: false, signed: true, own: false },
          {
            seq: 48_212,
            kind: "ruleTooLate",
            receivedAt: at(2_310),
            late: false,
            signed: false,
            own: true,
            route: "blocked",
          },
          { seq: 48_219, kind: "end", receivedAt: at(24_480), late: false, signed: true, own: false },
        ],
      };
    },
  };
}
