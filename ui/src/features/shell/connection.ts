import type { ConnectionRow } from "$generated/ConnectionRow";
import type { OfficeView } from "$generated/OfficeView";
import { clockTime } from "$lib/time";
import { shellText } from "$messages/shell";

/** How bad it is: colour and shape follow. */
export type Health = "good" | "busy" | "bad";

/** One sentence for all offices and connections: the worst of them. */
export interface Summary {
  /** Machine-readable state. */
  state: string;
  health: Health;
  words: string;
}

/** What the corner of the window says of all connections: the worst counts. */
export function summary(offices: OfficeView[]): Summary {
  const all = offices.flatMap((office) => [
    officeSummary(office),
    ...office.connections.map((row) => rowSummary(office, row)),
  ]);
  const worst = (health: Health) => all.find((one) => one.health === health);
  return worst("bad") ?? worst("busy") ?? { state: "live", health: "good", words: shellText().allLive };
}

/** What is said of one connection. */
export function connectionSummary(row: ConnectionRow): Summary {
  const text = shellText();
  switch (row.state) {
    case "down":
      return {
        state: "down",
        health: "bad",
        words: text.down(row.title, row.cause ? text.causes[row.cause] : text.titleNotLive),
      };
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
  if (row.cause) return { state: "live", health: "bad", words: text.down(row.title, text.causes[row.cause]) };
  if (row.gapSince) return { state: "live", health: "busy", words: text.gap(clockTime(row.gapSince)) };
  if (row.clockSkewMs !== undefined) {
    return { state: "live", health: "busy", words: text.skew(Math.round(Math.abs(row.clockSkewMs) / 1000)) };
  }
  return { state: "live", health: "good", words: text.titleLive };
}

/** What is said of an office. */
export function officeSummary(office: OfficeView): Summary {
  const text = shellText();
  switch (office.link) {
    case "refused":
      return { state: "refused", health: "bad", words: text.refused };
    case "lost": {
      const words = office.lostAt ? text.lost(clockTime(office.lostAt)) : text.lostPlain;
      return { state: "lost", health: "bad", words };
    }
    case "connecting":
      return { state: "connecting", health: "busy", words: text.connecting };
    case "catchingUp":
      return { state: "catchingUp", health: "busy", words: text.catchingUp };
    case "live":
      return { state: "live", health: "good", words: text.titleLive };
  }
}

/** What is said of a connection: what an office out of reach said of it need not hold any more. */
export function rowSummary(office: OfficeView, row: ConnectionRow): Summary {
  return office.link === "live" ? connectionSummary(row) : officeSummary(office);
}
