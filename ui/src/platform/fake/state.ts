// How an invented office stands.
import type { StateReport } from "$generated/StateReport";
import type { TestCause } from "$generated/TestCause";
import type { TestReport } from "$generated/TestReport";
import type { MainCommands } from "$generated/commands";
import { rowAt } from "./rows";

function report(trialUntil?: string): StateReport {
  const at = (index: number) => rowAt(index).startedAt;
  const method = (name: string, used: number) => ({
    counted: "method" as const,
    name,
    used,
    limit: 1000,
    seconds: 86_400,
  });
  const rostelecom = { ru: "Ростелеком", en: "Rostelecom" };
  return {
    now: at(0),
    publicUrl: "https://calls.ladoga.example/",
    addresses: ["203.0.113.24"],
    certificates: [
      { role: "own", names: ["calls.ladoga.example"], until: "2027-03-14T00:00:00Z" },
      { role: "trusted", connection: "rt1", names: [], until: "2028-09-02T00:00:00Z" },
    ],
    connections: [
      {
        id: "rt1",
        titles: rostelecom,
        state: "live",
        since: at(9),
        warnings: [],
        holes: [],
        heardAt: at(1),
        clockAheadMs: 300,
        clockIsOff: false,
        quotas: [
          { counted: "everything", used: 0, limit: 10, seconds: 1 },
          method("call_events", 40),
          method("call_back", 812),
          method("get_record", 0),
        ],
        posts: true,
        testMessages: [
          { name: "new", titles: { ru: "call_events: новый вызов", en: "call_events: new call" } },
          { name: "end", titles: { ru: "call_events: завершение вызова", en: "call_events: end of the call" } },
        ],
        isTestHost: false,
        offersTrial: true,
        trialAddress: "http://calls.ladoga.example/hook/rt1",
        ...(trialUntil && { trialUntil }),
      },
      {
        id: "m1",
        titles: { ru: "MANGO OFFICE", en: "MANGO OFFICE" },
        state: "down",
        since: at(2),
        cause: "unreachable",
        warnings: [],
        missingSince: at(2),
        holes: [],
        clockIsOff: false,
        quotas: [],
        posts: false,
        testMessages: [],
        isTestHost: false,
        offersTrial: false,
      },
    ],
  };
}

/** A test that came all the way, or stopped where somebody else's server answers. */
function tested(connection: string, cause: TestCause | undefined): TestReport {
  const places = ["name", "connection", "tls", "answer", "arrival", "signature", "kept"] as const;
  const state = (index: number) => {
    if (cause === undefined || index < 4) return "passed" as const;
    return index === 4 ? ("stopped" as const) : ("notReached" as const);
  };
  const stages = places.map((place, index) => ({
    place,
    state: state(index),
    ...(state(index) === "passed" && place !== "signature" && { tookMs: 3 + index * 4 }),
  }));
  const address = `https://calls.ladoga.example/hook/${connection}`;
  return { connection, at: rowAt(0).startedAt, address, stages, status: 200, ...(cause && { cause }) };
}

/** The answers about the state of an office. */
export function stating(): Pick<MainCommands, "officeState" | "testAddress" | "beginTrial" | "endTrial"> {
  let trialUntil: string | undefined;
  return {
    officeState: async () => report(trialUntil),
    beginTrial: async ({ hours }) => {
      const until = new Date(Date.now() + hours * 3_600_000).toISOString();
      trialUntil = until;
      return { until };
    },
    endTrial: async () => void (trialUntil = undefined),
    testAddress: async ({ connection, message }) => tested(connection, message === "end" ? "otherServer" : undefined),
  };
}
