import type { ContractError } from "$generated/ContractError";
import type { InvitationRow } from "$generated/InvitationRow";
import type { InvitedView } from "$generated/InvitedView";
import type { NamedLink } from "$generated/NamedLink";
import type { OfficePeople } from "$generated/OfficePeople";
import type { OfficePerson } from "$generated/OfficePerson";
import type { PeopleTable } from "$generated/PeopleTable";
import type { RightsView } from "$generated/RightsView";
import type { MainCommands } from "$generated/commands";
import { toContractError } from "$lib/errors";

export type PeoplePlatform = Pick<
  MainCommands,
  | "officePeople"
  | "invitePerson"
  | "revokeInvitation"
  | "reissueInvitation"
  | "removePerson"
  | "changeRights"
  | "previewPeople"
  | "importPeople"
  | "keepLinks"
  | "showFile"
>;

/** What failed, and why: the same refusal means another thing for each. */
export interface Failure {
  what: "list" | "invite" | "change" | "keep";
  error: ContractError;
}

/** The people of an office, and who is invited. */
export class People {
  told: OfficePeople | undefined = $state.raw();
  failure: Failure | undefined = $state.raw();
  busy = $state(false);
  /** The invitation that was made last: its link is shown until it is put away, and nowhere afterwards. */
  invited: (InvitedView & { name: string }) | undefined = $state.raw();

  /** The invitations of the table that was taken in last, until they are put away. */
  imported: NamedLink[] | undefined = $state.raw();

  constructor(
    private readonly platform: PeoplePlatform,
    readonly office: string,
  ) {}

  async list(): Promise<void> {
    await this.#run("list", async () => {
      this.told = await this.platform.officePeople({ office: this.office });
    });
  }

  /** Says whether it worked. */
  async invite(name: string, rights: RightsView): Promise<boolean> {
    return this.#change("invite", async () => {
      const made = await this.platform.invitePerson({ office: this.office, name, rights });
      this.invited = { ...made, name };
    });
  }

  /** Who is in a table; nobody is invited by that. */
  async preview(table: string): Promise<PeopleTable | undefined> {
    let shown: PeopleTable | undefined;
    await this.#run("invite", async () => {
      shown = await this.platform.previewPeople({ office: this.office, table });
    });
    return shown;
  }

  /** Invites everybody in a table, or nobody; says whether it worked. */
  async importTable(table: string): Promise<boolean> {
    return this.#change("invite", async () => {
      this.imported = (await this.platform.importPeople({ office: this.office, table })).invitations;
    });
  }

  /** Keeps the links of the table in a file; where. */
  async keepLinks(): Promise<string | undefined> {
    let file: string | undefined;
    await this.#run("keep", async () => {
      file = (await this.platform.keepLinks({ links: this.imported ?? [] })).file;
    });
    return file;
  }

  /** Shows a file that was kept in its folder. */
  showFile(file: string): Promise<void> {
    return this.platform.showFile({ file });
  }

  /** Makes another link of an open invitation; the former one leads nowhere any more. */
  async reissue({ id: invitation, name }: InvitationRow): Promise<void> {
    await this.#change("change", async () => {
      const made = await this.platform.reissueInvitation({ office: this.office, invitation });
      this.invited = { ...made, name };
    });
  }

  async revoke({ id: invitation }: InvitationRow): Promise<void> {
    await this.#change("change", () => this.platform.revokeInvitation({ office: this.office, invitation }));
  }

  async remove({ id: person }: OfficePerson): Promise<void> {
    await this.#change("change", () => this.platform.removePerson({ office: this.office, person }));
  }

  async changeRights({ id: person }: OfficePerson, rights: RightsView): Promise<boolean> {
    return this.#change("change", () => this.platform.changeRights({ office: this.office, person, rights }));
  }

  /** What was changed is read anew, also where nobody knows whether it was. */
  async #change(what: Failure["what"], act: () => Promise<void>): Promise<boolean> {
    const done = await this.#run(what, act);
    const { failure } = this;
    if (done || failure?.error.code === "unknownOutcome") {
      await this.list();
      this.failure ??= failure;
    }
    return done;
  }

  async #run(what: Failure["what"], act: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.failure = undefined;
    try {
      await act();
      return true;
    } catch (thrown) {
      this.failure = { what, error: toContractError(thrown) };
      return false;
    } finally {
      this.busy = false;
    }
  }
}
