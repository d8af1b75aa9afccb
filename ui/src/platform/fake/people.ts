// The made-up program's side of an office's people: one who is here, one who was, and invitations.
import type { InvitationRow } from "$generated/InvitationRow";
import type { OfficePerson } from "$generated/OfficePerson";
import type { PeopleTable } from "$generated/PeopleTable";
import type { Role } from "$generated/Role";
import { inLanguage } from "./english";
import { hasLongNames, LONG } from "./rows";
import type { PeoplePlatform } from "$features/people/people.svelte";

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
/** A name, or the longest that a page must bear. */
const named = (name: string) => inLanguage(hasLongNames ? LONG.agent : name);
const own = (extension: string) => [{ connection: "rt1", extension }];

/** Reads a table as far as the made-up data needs it. */
function readTable(table: string): PeopleTable {
  const roles: Record<string, Role> = {
    agent: "agent",
    manager: "manager",
    admin: "admin",
    сотрудник: "agent",
    руководитель: "manager",
    администратор: "admin",
  };
  const rows: PeopleTable["people"] = [];
  for (const [place, line] of table.trim().split("\n").entries()) {
    const [name = "", role = "", extension = "", group = ""] = line.split(";").map((field) => field.trim());
    const known = roles[role];
    if (!known) return { people: [], problem: { line: place + 1, fault: "role", part: role } };
    const extensions = extension ? own(extension.replace(/^rt1:/, "")) : [];
    rows.push({ name, rights: { role: known, extensions, groups: group ? [group] : [] } });
  }
  return { people: rows };
}

export function people(): PeoplePlatform {
  let count = 2;
  let here: OfficePerson[] = [
    {
      id: "t1",
      name: named("Марина Белова"),
      rights: { role: "admin", extensions: own("110"), groups: hasLongNames ? ["north-western-support", "sales"] : [] },
      device: hasLongNames ? "NORTH-WEST-SUPPORT-0117" : "BELOVA-PC",
      version: "Trubka/0.3.0",
      online: true,
    },
    {
      id: "t2",
      name: inLanguage("Пётр Волков"),
      rights: { role: "agent", extensions: own("102"), groups: ["sales"] },
      device: "VOLKOV-PC",
      version: "Trubka/0.2.1",
      lastSeen: ago(7_200_000),
      online: false,
    },
  ];
  let invitations: InvitationRow[] = [
    {
      id: "i1",
      name: named("Ирина Кузнецова"),
      rights: { role: "agent", extensions: own("103"), groups: [] },
      expiresAt: ago(-6 * 86_400_000),
      state: "open",
    },
  ];
  return {
    officePeople: async () => ({ people: here, invitations }),
    invitePerson: async ({ name, rights }) => {
      const expiresAt = ago(-7 * 86_400_000);
      invitations = [{ id: `i${count++}`, name, rights, expiresAt, state: "open" }, ...invitations];
      return { link: "trubka://join/calls.ladoga.example/01234-56789-ABCDE-FGHJK", expiresAt };
    },
    previewPeople: async ({ table }) => readTable(table),
    importPeople: async ({ table }) => {
      const made = readTable(table).people.map(({ name, rights }): InvitationRow => {
        return { id: `i${count++}`, name, rights, expiresAt: ago(-7 * 86_400_000), state: "open" };
      });
      invitations = [...made, ...invitations];
      const link = "trubka://join/calls.ladoga.example/01234-56789-ABCDE-FGHJK";
      return { invitations: made.map(({ name }) => ({ name, link })) };
    },
    showFile: async () => undefined,
    keepLinks: async () => ({ file: "/home/belova/Downloads/trubka-2025-11-20-143600.csv" }),
    reissueInvitation: async ({ invitation }) => {
      const expiresAt = ago(-7 * 86_400_000);
      invitations = invitations.map((one) => (one.id === invitation ? { ...one, expiresAt } : one));
      return { link: "trubka://join/calls.ladoga.example/98765-43210-HGFED-CBA00", expiresAt };
    },
    revokeInvitation: async ({ invitation }) => {
      invitations = invitations.map((one) => (one.id === invitation ? { ...one, state: "revoked" } : one));
    },
    removePerson: async ({ person }) => {
      here = here.filter((one) => one.id !== person);
    },
    changeRights: async ({ person, rights }) => {
      here = here.map((one) => (one.id === person ? { ...one, rights } : one));
    },
  };
}
