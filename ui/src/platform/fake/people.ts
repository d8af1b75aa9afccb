// The made-up program's side of an office's people: one who is here, one who was, and invitations.
import type { InvitationRow } from "$generated/InvitationRow";
import type { OfficePerson } from "$generated/OfficePerson";
import type { PeoplePlatform } from "$features/people/people.svelte";

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const own = (extension: string) => [{ connection: "rt1", extension }];

export function people(): PeoplePlatform {
  let count = 2;
  let here: OfficePerson[] = [
    {
      id: "t1",
      name: "Марина Белова",
      rights: { role: "admin", extensions: own("110"), groups: [] },
      device: "BELOVA-PC",
      version: "Trubka/0.3.0",
      online: true,
    },
    {
      id: "t2",
      name: "Пётр Волков",
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
      name: "Ирина Кузнецова",
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
