import type { LookUpView } from "$generated/LookUpView";
import { inLanguage } from "./english";
import { pageOf, rowAt } from "./rows";

const NOTE = inLanguage("Спросить про морозилку, 2 шт.");

/** What a text finds in a history of `size` calls. */
export function lookUp(size: number, text: string): LookUpView {
  const rows = pageOf(size, { text, filter: "all", limit: 60 }).rows;
  const people = [...new Map(rows.map((row) => [row.party.dial, row.party])).values()].filter((party) => party.dial);
  const note = NOTE.toLocaleLowerCase().includes(text.trim().toLocaleLowerCase()) && rowAt(8);
  return {
    people: people.slice(0, 4).map((party) => ({
      party,
      calls: rows.filter((row) => row.party.dial === party.dial).length,
    })),
    calls: rows.slice(0, 5),
    notes: note
      ? [{ call: note.call, party: note.party, text: NOTE, author: inLanguage("Анна"), at: note.startedAt }]
      : [],
    found: rows.length,
    more: false,
    since: rowAt(size - 1).startedAt,
  };
}
