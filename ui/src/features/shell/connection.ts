import type { ConnectionRow } from "$generated/ConnectionRow";
import type { OfficeView } from "$generated/OfficeView";
import { capital } from "$lib/grammar";
import { isolate } from "$lib/isolate";
import { titleOf } from "$lib/language.svelte";
import { clockTime, roughly } from "$lib/time";
import { shellText } from "$messages/shell";

/** How bad it is: colour and shape follow. */
export type Health = "good" | "busy" | "bad";

/** How something stands, in words that may follow its name. */
export interface Summary {
  /** Machine-readable state. */
  state: string;
  health: Health;
  words: string;
}

/** What the corner of the window says of all connections: the worst counts, with its name where there are several. */
export function summary(offices: OfficeView[]): Summary {
  const rows = offices.flatMap((office) => office.connections.map((row) => ({ office, row })));
  const all = [
    ...offices.map((office) => named(officeSummary(office), office.name, offices.length > 1)),
    ...rows.map(({ office, row }) =>
      named(rowSummary(office, row), titleOf(row.title), rows.length > 1 || row.state === "down"),
    ),
  ];
  const worst = (health: Health) => all.find((one) => one.health === health);
  return worst("bad") ?? worst("busy") ?? { state: "live", health: "good", words: shellText().allLive };
}

function named(summary: Summary, name: string, wanted: boolean): Summary {
  return { ...summary, words: wanted ? `${isolate(name)}: ${summary.words}` : capital(summary.words) };
}

/** What is said of one connection. */
export function connectionSummary(row: ConnectionRow): Summary {
  const text = shellText();
  switch (row.state) {
    case "down":
      return { state: "down", health: "bad", words: row.cause ? text.causes[row.cause] : text.notLive };
    case "connecting":
      return { state: "connecting", health: "busy", words: text.connecting };
    case "draining":
      return { state: "draining", health: "busy", words: text.draining(row.drained) };
    case "waiting":
      return { state: "waiting", health: "busy", words: text.waiting };
    case "live":
      return liveSummary(row);
  }
}

function liveSummary(row: ConnectionRow): Summary {
  const text = shellText();
  if (row.cause) return { state: "live", health: "bad", words: text.causes[row.cause] };
  if (row.trialUntil) return { state: "live", health: "busy", words: text.trial(clockTime(row.trialUntil)) };
  if (row.gapSince) return { state: "live", health: "busy", words: text.gap(clockTime(row.gapSince)) };
  const [warning] = row.warnings;
  if (warning) return { state: "live", health: "busy", words: text.warnings[warning] };
  if (row.clockSkewMs !== undefined) {
    return { state: "live", health: "busy", words: text.skew(roughly(Math.abs(row.clockSkewMs))) };
  }
  return { state: "live", health: "good", words: text.live };
}

/** What is said of an office. */
export function officeSummary(office: OfficeView): Summary {
  const text = shellText();
  switch (office.link) {
    case "refused":
      return { state: "refused", health: "bad", words: text.officeCauses[office.cause ?? "tokenRefused"] };
    case "lost":
      return { state: "lost", health: "bad", words: lostWords(office) };
    case "connecting":
      return { state: "connecting", health: "busy", words: text.connecting };
    case "catchingUp":
      return { state: "catchingUp", health: "busy", words: text.catchingUp };
    case "live":
      return { state: "live", health: "good", words: text.live };
  }
}

function lostWords({ cause = "unreachable", lostAt }: OfficeView): string {
  const text = shellText();
  if (cause !== "unreachable") return text.officeCauses[cause];
  return lostAt ? text.lost(clockTime(lostAt)) : text.officeCauses.unreachable;
}

/** What is said of a connection: what an office out of reach said of it need not hold any more. */
export function rowSummary(office: OfficeView, row: ConnectionRow): Summary {
  return office.link === "live" ? connectionSummary(row) : officeSummary(office);
}

/** Nothing of this office is seen, and nothing can be asked of it. */
export function isUnreachable({ link }: OfficeView): boolean {
  return link === "lost" || link === "refused";
}

/** No office can be reached. */
export function isCutOff(offices: OfficeView[]): boolean {
  return offices.length > 0 && offices.every(isUnreachable);
}

/** Trying at once may help: what an office refuses it refuses again. */
export function canRetry({ link }: OfficeView): boolean {
  return link === "lost";
}
