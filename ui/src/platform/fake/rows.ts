import type { CallCounts } from "$generated/CallCounts";
import type { CallFilter } from "$generated/CallFilter";
import type { CallRow } from "$generated/CallRow";
import type { RegionView } from "$generated/RegionView";
import type { CallsPage } from "$generated/CallsPage";
import type { ListCallsRequest } from "$generated/ListCallsRequest";
import { asked, inLanguage } from "./english";

type Sketch = Partial<Omit<CallRow, "call" | "party" | "startedAt" | "reached">> & {
  at: string;
  /** When a missed caller was called back. */
  reached?: string;
  region?: RegionView;
  name?: string;
  number?: string;
  internal?: boolean;
};

const sketches: Sketch[] = [
  {
    at: "14:32:04",
    name: "Морозова Ольга",
    number: "+7 900 123-45-67",
    line: "Отдел продаж",
    agent: "Ирина",
    talkMs: 192_000,
    noted: true,
  },
  { at: "14:20:11", number: "+7 901 123-45-67", line: "Поддержка", result: "missed", rangMs: 24_000 },
  {
    at: "14:05:40",
    name: "Лебедев Павел",
    number: "+7 903 123-45-67",
    line: "Общая линия",
    agent: "Пётр",
    direction: "outgoing",
    talkMs: 48_000,
  },
  {
    at: "13:51:02",
    name: "ООО «Вектор»",
    number: "+7 495 123-45-00",
    line: "Отдел продаж",
    agent: "Пётр",
    outcome: "order",
    talkMs: 725_000,
  },
  { at: "13:40:55", line: "Общая линия", agent: "Ирина", talkMs: 70_000 },
  {
    at: "13:22:30",
    name: "Ирина Соколова",
    number: "201",
    internal: true,
    agent: "Пётр",
    direction: "internal",
    talkMs: 35_000,
  },
  {
    at: "13:02:18",
    name: "Морозова Ольга",
    number: "+7 900 123-45-67",
    line: "Отдел продаж",
    result: "missed",
    rangMs: 31_000,
    reached: "13:10:00",
  },
  {
    at: "12:47:09",
    number: "+49 30 123456",
    line: "Поддержка",
    agent: "Анна",
    direction: "outgoing",
    result: "noAnswer",
    rangMs: 40_000,
    region: { country: "DE" },
  },
  {
    at: "12:30:00",
    name: "Кузнецов Артём",
    number: "+7 812 123-45-67",
    line: "Отдел продаж",
    agent: "Анна",
    talkMs: 122_000,
  },
  {
    at: "12:11:47",
    number: "+7 383 123-45-67",
    line: "Поддержка",
    agent: "Пётр",
    outcome: "complaint",
    talkMs: 260_000,
    region: { country: "RU", area: { ru: "Новосибирск", en: "Novosibirsk" } },
  },
  {
    at: "11:58:13",
    name: "Волкова Мария",
    number: "+7 495 123-45-67",
    line: "Отдел продаж",
    direction: "outgoing",
    agent: "Пётр",
    result: "noAnswer",
  },
  {
    at: "11:40:26",
    number: "+7 902 123-45-67",
    line: "Общая линия",
    direction: "outgoing",
    agent: "Ирина",
    result: "busy",
  },
];

/** The longest that a page must bear, for pictures of small windows. */
export const LONG = {
  name: "Общество с ограниченной ответственностью «Северо-Западная логистическая компания»",
  line: "Клиентская поддержка северо-западного региона",
  agent: "Ксения Преображенская-Голенищева",
};
export const hasLongNames = asked.get("names") === "long";

/** Time of day on the day that lies `daysAgo` back, on this computer's clock. */
function on(daysAgo: number, clock: string): string {
  const date = new Date();
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(":").map(Number);
  date.setHours(hours, minutes, seconds, 0);
  date.setDate(date.getDate() - daysAgo);
  return date.toISOString();
}

/** The call at a place of a history of any length. */
export function rowAt(index: number): CallRow {
  const usual = sketches[index % sketches.length] as Sketch;
  const sketch = hasLongNames && usual.name ? { ...usual, ...LONG } : usual;
  const { at, number, internal = false, ...rest } = sketch;
  const [name, line, agent] = [inLanguage(sketch.name), inLanguage(sketch.line), inLanguage(sketch.agent)];
  const answered = rest.talkMs !== undefined;
  const daysAgo = Math.floor(index / sketches.length);
  return {
    call: { office: "demo", id: `call${index}` },
    connection: "pbx",
    party: {
      internal,
      ...(name === undefined ? {} : { name }),
      ...(number === undefined ? {} : { number, dial: number.replace(/[ -]/g, "") }),
      ...(sketch.region && { region: sketch.region }),
    },
    direction: rest.direction ?? "incoming",
    state: "ended",
    result: rest.result ?? "answered",
    ...(line === undefined ? {} : { line }),
    ...(agent === undefined ? {} : { agent }),
    ...(rest.talkMs === undefined ? {} : { talkMs: rest.talkMs }),
    ...(answered && number && !internal ? { recording: { id: `rec${index}`, state: "ready" as const } } : {}),
    ...(rest.rangMs === undefined ? {} : { rangMs: rest.rangMs }),
    ...(rest.outcome === undefined ? {} : { outcome: rest.outcome }),
    ...(rest.reached === undefined ? {} : { reached: { at: on(daysAgo, rest.reached), calledBack: true } }),
    startedAt: on(daysAgo, at),
    noted: rest.noted ?? false,
    trial: false,
    controls: rest.controls ?? [],
  };
}

/** A page of a history of `size` calls. */
export function pageOf(size: number, request: ListCallsRequest): CallsPage {
  const plain = request.text === "" && request.filter === "all";
  const from = Number(request.before ?? 0);
  const rows: CallRow[] = [];
  let index = from;
  for (; index < size && rows.length < Math.min(request.limit, 200); index++) {
    const row = rowAt(index);
    if (matches(row, request)) rows.push(row);
  }
  const counts = from === 0 ? { counts: countsOf(size) } : {};
  return { rows, ...(index < size ? { next: String(index) } : {}), ...(plain ? { total: size } : {}), ...counts };
}

/** How many calls of such a history each filter shows. */
function countsOf(size: number): CallCounts {
  const count = (filter: CallFilter) => {
    const of = (from: number, end: number) =>
      Array.from({ length: end - from }, (_, index) => rowAt(from + index)).filter((row) =>
        matches(row, { text: "", filter, limit: 0 }),
      ).length;
    const rounds = Math.floor(size / sketches.length);
    return rounds * of(0, sketches.length) + of(0, size % sketches.length);
  };
  return {
    all: size,
    incoming: count("incoming"),
    outgoing: count("outgoing"),
    missed: count("missed"),
    recorded: count("recorded"),
  };
}

function matches(row: CallRow, { text, filter }: ListCallsRequest): boolean {
  const wanted = text.toLocaleLowerCase();
  // As people type a number: with signs, and with 8 for 7.
  const digits = /^[\d\s()+-]+$/.test(text) ? text.replace(/\D/g, "").replace(/^8(?=\d{3})/, "7") : undefined;
  const isIn = (part: string | undefined) =>
    part?.toLocaleLowerCase().includes(wanted) || (digits && part?.replace(/\D/g, "").includes(digits));
  const found = [row.party.name, row.party.number, row.party.dial].some(isIn);
  if (wanted !== "" && !found) return false;
  switch (filter) {
    case "all":
      return true;
    case "incoming":
    case "outgoing":
      return row.direction === filter;
    case "missed":
      return row.result === "missed";
    case "recorded":
      return row.recording !== undefined;
  }
}
