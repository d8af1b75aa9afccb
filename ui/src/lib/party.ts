import type { PartyView } from "$generated/PartyView";
import { commonText } from "$messages/common";

/** What stands in the name's place: the name, else the number, else that it is hidden. */
export function partyTitle(party: PartyView): string {
  return party.name ?? (party.number ? partyNumber(party) : undefined) ?? commonText().hidden;
}

/** The line below a name: the number, where the name does not already show it. */
export function partySubtitle(party: PartyView): string | undefined {
  return party.name ? partyNumber(party) : undefined;
}

/** The party's name where somebody is told by its number alone. */
export function named(party: PartyView, who: string): string {
  return who === party.number ? (party.name ?? who) : who;
}

/** The number as people write it; a colleague's is an extension. */
export function partyNumber(party: PartyView): string | undefined {
  if (party.number === undefined) return undefined;
  return party.internal ? commonText().extension(party.number) : party.number;
}
