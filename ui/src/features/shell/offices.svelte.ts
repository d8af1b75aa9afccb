import type { ConnectOfficeRequest } from "$generated/ConnectOfficeRequest";
import type { ContractError } from "$generated/ContractError";
import type { DemoPbx } from "$generated/DemoPbx";
import type { MainView } from "$generated/MainView";
import type { MainPlatform } from "$platform/types";
import { toContractError } from "$lib/errors";
import type { Failures } from "$lib/failures.svelte";
import { isUnreachable } from "./connection";

/** Commands about offices whose failure is shown above the pages. */
export type OfficeCommand = "demoPbxs" | "startDemo" | "leaveDemo" | "connectOffice" | "disconnectOffice" | "reconnect";

/** What offices ask of the program. */
export type OfficesPlatform = Pick<
  MainPlatform,
  "startDemo" | "demoPbxs" | "leaveDemo" | "connectOffice" | "renewOfficeToken" | "reconnect" | "disconnectOffice"
>;

/** What the rest of the window does when offices come and go. */
interface Around {
  /** What is shown. */
  shown: () => MainView | undefined;
  /** One more office is shown with the others. */
  added: () => Promise<void>;
  /** Everything that is shown comes from another office once this is done. */
  moved: (move: () => Promise<void>) => Promise<void>;
  /** An office is looked at no more. */
  gone: (office: string) => Promise<void>;
}

/** The offices that are looked at: the demo, and those behind gateways. */
export class Offices {
  constructor(
    private readonly platform: OfficesPlatform,
    private readonly failures: Pick<Failures<OfficeCommand>, "run">,
    private readonly around: Around,
  ) {}

  /** What an office's clock says more than this computer's, in milliseconds. */
  clockOffset(office: string): number {
    return this.around.shown()?.offices.find((one) => one.id === office)?.clockOffsetMs ?? 0;
  }

  /** An office is there, so that calls can be placed and acted on. */
  reachable(office: string): boolean {
    const found = this.around.shown()?.offices.find((one) => one.id === office);
    return found !== undefined && !isUnreachable(found);
  }

  /** Opens the demo office with PBXs of these makes; with none, of the usual ones. */
  async startDemo(makes: string[] = []): Promise<void> {
    await this.#moveTo("startDemo", () => this.platform.startDemo({ makes }));
  }

  /** The PBXs that the demo can play; none where that could not be asked. */
  async demoPbxs(): Promise<DemoPbx[]> {
    let pbxs: DemoPbx[] = [];
    await this.failures.run("demoPbxs", async () => {
      ({ pbxs } = await this.platform.demoPbxs());
    });
    return pbxs;
  }

  /** Leaves the demo office. */
  async leaveDemo(): Promise<void> {
    await this.#moveTo("leaveDemo", () => this.platform.leaveDemo());
  }

  /** Looks at an office behind a gateway; gives back why that failed. */
  async connect(request: ConnectOfficeRequest): Promise<ContractError | undefined> {
    const joined = this.joins();
    const failure = await failing(() => this.platform.connectOffice(request));
    if (!failure) await joined();
    return failure;
  }

  /** An office is about to be joined; what is given back is called once it is here. */
  joins(): () => Promise<void> {
    const another = this.around.shown()?.stage === "office";
    // One more among others is shown with them.
    return () => (another ? this.around.added() : this.#moveTo("connectOffice", async () => {}));
  }

  /** Goes on at an office with another token; gives back why that failed. */
  async renewToken(office: string, token: string): Promise<ContractError | undefined> {
    return failing(() => this.platform.renewOfficeToken({ office, token }));
  }

  /** Tries offices that are out of reach at once. */
  async reconnect(): Promise<void> {
    await this.failures.run("reconnect", () => this.platform.reconnect());
  }

  /** Looks at an office no more; says whether its last administrator has to know first that he is. */
  async disconnect(office: string, asLastAdmin = false): Promise<"lastAdmin" | undefined> {
    let isLast = false;
    await this.failures.run("disconnectOffice", async () => {
      try {
        await this.platform.disconnectOffice({ office, asLastAdmin });
      } catch (thrown) {
        isLast = toContractError(thrown).code === "lastAdmin";
        if (isLast) return;
        throw thrown;
      }
      await this.around.gone(office);
    });
    return isLast ? "lastAdmin" : undefined;
  }

  async #moveTo(command: OfficeCommand, move: () => Promise<void>): Promise<void> {
    await this.failures.run(command, () => this.around.moved(move));
  }
}

async function failing(act: () => Promise<void>): Promise<ContractError | undefined> {
  try {
    await act();
    return undefined;
  } catch (thrown) {
    return toContractError(thrown);
  }
}
