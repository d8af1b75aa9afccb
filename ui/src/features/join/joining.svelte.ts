import type { InvitationDetails } from "$generated/InvitationDetails";
import type { JoinProblem } from "$generated/JoinProblem";
import type { MainCommands } from "$generated/commands";
import { toContractError } from "$lib/errors";

export type JoinPlatform = Pick<MainCommands, "readInvitation" | "joinOffice">;

/** What an invitation came to. */
export type Step =
  | { at: "reading" }
  | { at: "asking"; invitation: InvitationDetails }
  | { at: "joining"; invitation: InvitationDetails }
  | { at: "failed"; problem: JoinProblem; invitation?: InvitationDetails };

/** Invitations: where one that another program handed over is shown, and what is asked of the program for each. */
export class Joining {
  /** An invitation was handed over, and nobody has said yes or no. */
  shown = $state(false);
  /** How many were handed over: each is read anew. */
  count = $state(0);

  constructor(
    private readonly platform: JoinPlatform,
    /** Called before an office is joined; what it gives back is called once the office is here. */
    private readonly joins: () => () => Promise<void>,
  ) {}

  /** Shows the invitation that was handed over. */
  open(): void {
    this.shown = true;
    this.count++;
  }

  close(): void {
    this.shown = false;
  }

  /** What an invitation is for; without a link the one that was handed over. */
  async read(link: string | undefined): Promise<Step> {
    const { invitation, problem } = await this.platform
      .readInvitation(link === undefined ? {} : { link })
      .catch((thrown) => ({ invitation: undefined, problem: problemOf(thrown) }));
    return invitation ? { at: "asking", invitation } : { at: "failed", problem: problem ?? "notNow" };
  }

  /** A person says yes; gives back why that led nowhere. */
  async join(invitation: InvitationDetails): Promise<JoinProblem | undefined> {
    const [joined, count] = [this.joins(), this.count];
    const { problem } = await this.platform
      .joinOffice({ invitation: invitation.id })
      .catch((thrown) => ({ problem: problemOf(thrown) }));
    if (problem) return problem;
    // Another one may have been handed over meanwhile: it is still to be answered.
    if (this.count === count) this.close();
    await joined();
    return undefined;
  }
}

function problemOf(thrown: unknown): JoinProblem {
  return toContractError(thrown).code === "storage" ? "notKept" : "notNow";
}
