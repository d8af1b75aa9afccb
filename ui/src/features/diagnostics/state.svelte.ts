import type { QuotaView } from "$generated/QuotaView";
import type { StateReport } from "$generated/StateReport";
import type { MainCommands } from "$generated/commands";
import { toContractError } from "$lib/errors";
import { Failures } from "$lib/failures.svelte";
import { dayKey } from "$lib/time";
import { AddressTest, type AddressTestPlatform } from "./addressTest.svelte";
import { Staged, type StagedPlatform } from "./staged.svelte";
import { TrialMode, type TrialModePlatform } from "./trialMode.svelte";

/** What the state of an office is asked with. */
export type StatePlatform = Pick<MainCommands, "officeState"> &
  AddressTestPlatform &
  StagedPlatform &
  TrialModePlatform;

/** From here on a quota may run out. */
const NEARLY_ALL = 0.8;

/** How an office stands. */
export class OfficeState {
  /** The last that it told; it stays where a later question is not answered. */
  report: StateReport | undefined = $state.raw();
  readonly failures = new Failures<"state">();
  /** The staged check that is looked at in place of the list. */
  staged: Staged | undefined = $state.raw();
  /** The connection whose staged check was closed: its button gets the keyboard back. */
  #left: string | undefined;
  #office = "";
  #tests = new Map<string, AddressTest>();
  #trials = new Map<string, TrialMode>();

  constructor(private readonly platform: StatePlatform) {}

  /** Shows how an office stands. */
  async show(office: string): Promise<void> {
    if (office !== this.#office) {
      this.report = this.staged = undefined;
      this.failures.clear();
      this.#tests = new Map();
      this.#trials = new Map();
    }
    this.#office = office;
    try {
      const report = await this.platform.officeState({ office });
      if (office !== this.#office) return;
      this.report = report;
      this.failures.dismiss("state");
    } catch (thrown) {
      // Another office is looked at by now.
      if (office === this.#office) this.failures.report("state", toContractError(thrown));
    }
  }

  /** Asks anew. */
  async refresh(): Promise<void> {
    await this.show(this.#office);
  }

  /** Looks at a connection's staged check. */
  openStages(connection: string): void {
    // A question that was left open in the list would take the keyboard on the way back.
    this.trialOf(connection).asks = false;
    this.staged = new Staged(this.platform, this.#office, connection);
  }

  /** Goes back to the list. */
  closeStages(): void {
    this.#left = this.staged?.connection;
    this.staged = undefined;
    void this.refresh();
  }

  /** Whether somebody comes back from this connection's staged check: the first time that it is asked. */
  returned(connection: string): boolean {
    if (this.#left !== connection) return false;
    this.#left = undefined;
    return true;
  }

  /** The test of a connection's address; the same for as long as this office is looked at. */
  testOf(connection: string): AddressTest {
    const known = this.#tests.get(connection) ?? new AddressTest(this.platform, this.#office, connection);
    this.#tests.set(connection, known);
    return known;
  }

  /** The trial mode of a connection; the same for as long as this office is looked at. */
  trialOf(connection: string): TrialMode {
    const look = () => this.refresh();
    const known = this.#trials.get(connection) ?? new TrialMode(this.platform, this.#office, connection, look);
    this.#trials.set(connection, known);
    return known;
  }
}

/** How much of a quota is used, from 0 to 1. */
export function share({ used, limit }: QuotaView): number {
  return limit === 0 ? 1 : Math.min(1, used / limit);
}

/** Whether a quota is nearly used up. */
export function isScarce(quota: QuotaView): boolean {
  return share(quota) >= NEARLY_ALL;
}

/** Days by the calendar until a certificate ends, 0 on its last day; negative once it has ended. */
export function daysUntil(until: string, now: string): number {
  if (Date.parse(until) <= Date.parse(now)) return -1;
  return Math.round((Date.parse(dayKey(until)) - Date.parse(dayKey(now))) / 86_400_000);
}
