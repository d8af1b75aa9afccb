import type { CallDetails } from "$generated/CallDetails";
import type { CallRow } from "$generated/CallRow";
import { inLanguage } from "./english";
import { rowAt } from "./rows";

/** Everything about a call of the history. */
export function detailsOf(row: CallRow): CallDetails {
  const at = (seconds: number) => new Date(Date.parse(row.startedAt) + seconds * 1000).toISOString();
  const talk = Math.round((row.talkMs ?? 0) / 1000);
  const others = Array.from({ length: 40 }, (_, index) => rowAt(index)).filter(
    (other) => other.call.id !== row.call.id && other.party.dial !== undefined && other.party.dial === row.party.dial,
  );
  return {
    row,
    legs: [
      { role: "customer", who: row.party.name ?? row.party.number ?? "—", state: "cleared" },
      ...(row.agent
        ? [
            {
              role: "agent" as const,
              who: row.agent,
              extension: "201",
              state: "cleared" as const,
              talkMs: row.talkMs ?? 0,
            },
          ]
        : []),
    ],
    timeline: [
      { at: at(0), what: "arrived", who: ["8 800 555-01-10"] },
      { at: at(2), what: "rings", who: [inLanguage("Ирина (201)"), inLanguage("Пётр (202)")] },
      ...(row.agent ? [{ at: at(7), what: "answered" as const, who: [row.agent] }] : []),
      { at: at(talk + 7), what: "ended", who: [] },
      ...(row.recording ? [{ at: at(talk + 9), what: "recordingReady" as const, who: [] }] : []),
    ],
    notes: row.noted
      ? [
          {
            id: "note1",
            text: inLanguage("Перенести доставку на 18:00, курьер звонит за час."),
            author: inLanguage("Ирина"),
            at: at(talk + 60),
            alsoEditedBy: [],
          },
        ]
      : [],
    others: others.slice(0, 10),
    callsWithNumber: others.length + 1,
    events: [
      { kind: "new", party: "+79001234567", receivedAt: at(0), signed: true },
      { kind: "calling", party: "201", receivedAt: at(2), signed: true },
      { kind: "connected", party: "201", receivedAt: at(7), signed: true },
      { kind: "TimerFired", receivedAt: at(talk + 7), signed: false },
    ],
  };
}
