// What an invented office and its PBX said to each other.
import type { JournalDetail } from "$generated/JournalDetail";
import type { JournalLine } from "$generated/JournalLine";
import type { ReadAgain } from "$generated/ReadAgain";
import type { ReadEvent } from "$generated/ReadEvent";
import type { Reading } from "$generated/Reading";
import type { MainCommands } from "$generated/commands";
import { rowAt } from "./rows";

const BODY = (number: string) => `{"session_id":"a4107","type":"incoming","state":"new","from_number":"${number}"}`;

function lines(): JournalLine[] {
  const at = (index: number) => rowAt(index).startedAt;
  const both = { connection: "rt1", failed: false, status: 200, plain: false };
  const incoming = { ...both, direction: "incoming" as const, verdict: "signed" as const, outcome: "valid" };
  const outgoing = { ...both, direction: "outgoing" as const, verdict: "done" as const, outcome: "ok" };
  return [
    { id: 9, at: at(1), ...incoming, method: "end", tookMs: 7 },
    { id: 8, at: at(1), ...incoming, method: "new", tookMs: 9 },
    {
      id: 7,
      at: at(2),
      ...incoming,
      method: "call_events",
      verdict: "refused",
      outcome: "wrong signature",
      reason: "signatureWrong",
      failed: true,
      status: 403,
      tookMs: 2,
    },
    { id: 6, at: at(3), ...outgoing, method: "call_back", tookMs: 184 },
    { id: 5, at: at(4), ...outgoing, method: "get_record", status: 404, failed: true, reason: "notFound", tookMs: 96 },
    { id: 4, at: at(5), ...incoming, method: "new", tookMs: 8, plain: true },
  ];
}

const told = (at: string): ReadEvent => ({
  kind: "new",
  call: "a4107",
  vendorTime: at,
  party: "+7921•••••41",
  meanings: ["callCreated", "ringing"],
});

/** The answers of the request journal. */
export function journaling(): Pick<
  MainCommands,
  | "journalPage"
  | "journalEntry"
  | "checkSignature"
  | "repeatRequest"
  | "replayWebhook"
  | "exportJournal"
  | "clearJournal"
> {
  let kept = lines();
  return {
    journalPage: async ({ filter: { method, direction, errors } }) => {
      const fits = (line: JournalLine) =>
        (method === undefined || line.method === method) &&
        (direction === undefined || line.direction === direction) &&
        (!errors || line.failed);
      return { entries: kept.filter(fits), methods: [...new Set(kept.map((line) => line.method))].sort() };
    },
    journalEntry: async ({ id, reveal }): Promise<JournalDetail> => {
      const line = kept.find((line) => line.id === id) as JournalLine;
      const body = BODY(reveal ? "+79213300841" : "+7921•••••41");
      const incoming = line.direction === "incoming";
      return {
        line,
        target: incoming ? "/call_events" : "api.example/call_back",
        ...(incoming ? { received: body, call: "call1" } : { sent: body, received: '{"result":0}' }),
        curl: incoming
          ? `curl --globoff --request 'POST' --url "$TRUBKA_HOOK"'/call_events' --header 'X-Client-Sign: '"$TRUBKA_X_CLIENT_SIGN" --data-raw '${body}'`
          : `curl --globoff --request 'POST' --url 'https://api.example/call_back' --header 'X-Client-Sign: '"$TRUBKA_X_CLIENT_SIGN" --data-raw '${body}'`,
        cut: false,
        again: incoming ? "read" : line.method === "get_record" ? "ask" : "changes",
        revealed: reveal,
      };
    },
    checkSignature: async ({ id }) => {
      const line = kept.find((line) => line.id === id) as JournalLine;
      if (line.direction === "outgoing") return { kind: "ours", headers: ["x-client-sign"] };
      return line.reason === undefined ? { kind: "right" } : { kind: "wrong", reason: line.reason };
    },
    repeatRequest: async () => ({
      failed: true,
      reason: "notFound",
      status: 404,
      tookMs: 88,
      received: '{"result":404}',
    }),
    replayWebhook: async ({ id }): Promise<ReadAgain> => {
      const line = kept.find((line) => line.id === id) as JournalLine;
      const { method, verdict, reason } = line;
      const now: Reading = { method: "new", verdict: "signed", events: [told(line.at)] };
      return { before: reason === undefined ? now : { method, verdict, reason, events: [] }, now };
    },
    exportJournal: async ({ filter }) => ({
      file: "/home/belova/Загрузки/trubka-journal-2025-11-20-143600.csv",
      entries: kept.filter((line) => !filter.errors || line.failed).length,
      whole: true,
    }),
    clearJournal: async () => void (kept = []),
  };
}
