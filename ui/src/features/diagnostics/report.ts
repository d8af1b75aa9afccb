import type { CardPath } from "$generated/CardPath";
import { exactTime } from "$lib/time";
import { diagnosticsText } from "$messages/diagnostics";
import { noCardText } from "$messages/noCard";

/** A path as text, for a message to whoever mends it. */
export function reportOf(title: string, about: string, path: CardPath): string {
  const text = diagnosticsText();
  const hops = path.hops.map((hop) => {
    const stopped = path.cause && hop.state === "stopped" ? noCardText().short[path.cause.kind] : text.notReached;
    const state = hop.state === "passed" ? text.passed[hop.place] : stopped;
    const when = [hop.at && exactTime(hop.at), hop.tookMs !== undefined && text.ms(hop.tookMs)].filter(Boolean);
    return [`${text.places[hop.place]}: ${state}`, ...when].join(", ");
  });
  const cause = path.cause ? [noCardText().cause(path.cause), noCardText().mend[path.cause.kind]] : [text.cardWas];
  const clock = path.clockOff ? [text.clockOff] : [];
  return [title, about, "", ...hops, "", ...clock, ...cause].join("\n");
}
