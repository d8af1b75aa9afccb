import type { CallRow } from "$generated/CallRow";
import type { CardPhase } from "$generated/CardPhase";
import type { CardView } from "$generated/CardView";
import type { ContractError } from "$generated/ContractError";
import type { DialNumber } from "$generated/DialNumber";
import type { DialPreview } from "$generated/DialPreview";
import type { DialConnection } from "$generated/DialConnection";

/** A call of a list; later numbers are older. */
export function row(number: number, changes: Partial<CallRow> = {}): CallRow {
  return {
    call: { office: "o", id: `call${number}` },
    connection: "pbx",
    party: { internal: false, number: "+7 900 123-45-67", dial: "+79001234567" },
    direction: "incoming",
    state: "ended",
    result: "answered",
    startedAt: new Date(Date.UTC(2025, 10, 20, 12) - number * 60_000).toISOString(),
    talkMs: 1000,
    noted: false,
    trial: false,
    controls: [],
    ...changes,
  };
}

/** A card in a phase. */
export function card(phase: CardPhase, changes: Partial<CardView> = {}): CardView {
  return {
    call: { office: "o", id: "call1" },
    state: "ringing",
    direction: "incoming",
    phase,
    party: { internal: false, name: "Морозова Ольга", number: "+7 900 123-45-67", dial: "+79001234567" },
    line: "Отдел продаж",
    lineNumber: "8 800 555-01-10",
    startedAt: "2025-11-20T12:00:00Z",
    clockOffsetMs: 0,
    canCall: true,
    notConfirmed: false,
    controls: [],
    ...changes,
  };
}

/** What is special about a preview. */
export type PreviewChanges = Partial<Omit<DialPreview, "number">> & { number?: Partial<DialNumber> };

/** What a text would dial. */
export function preview(digits: string, { number, ...changes }: PreviewChanges = {}): DialPreview {
  return {
    number: { kind: "phone", digits, ...number },
    display: `shown ${digits}`,
    warnings: [],
    asks: false,
    asksToTransfer: false,
    connections: [dialConnection()],
    ...changes,
  };
}

/** A connection that a call can go through, which begins with one's own phone. */
export function dialConnection(changes: Partial<DialConnection> = {}): DialConnection {
  const [title, office] = [{ ru: "Ростелеком", en: "Rostelecom" }, "o"];
  return { office, connection: "rt1", title, from: "102", groups: [], controls: [], ...changes };
}

/** A failure as a command throws it. */
export function failure(code: ContractError["code"], changes: Partial<ContractError> = {}): ContractError {
  return { code, message: "for the log", ...changes };
}

/** A promise that a test settles when it likes. */
export function later<Value>(): {
  promise: Promise<Value>;
  resolve: (value: Value) => void;
  reject: (why: unknown) => void;
} {
  let [resolve, reject]: [(value: Value) => void, (why: unknown) => void] = [() => {}, () => {}];
  const promise = new Promise<Value>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

/** Lets everything that waits for settled promises run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
