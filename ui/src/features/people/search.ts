import type { InvitationRow } from "$generated/InvitationRow";
import type { OfficePerson } from "$generated/OfficePerson";

/** Whether every word of a search stands in somebody's name, extensions, groups or computer. */
export function isFound(one: OfficePerson | InvitationRow, search: string): boolean {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { name, rights } = one;
  const device = "device" in one ? (one.device ?? "") : "";
  const extensions = rights.extensions.map(({ extension }) => extension);
  const text = [name, device, ...extensions, ...rights.groups].join(" ").toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}
