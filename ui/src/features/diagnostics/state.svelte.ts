import type { QuotaView } from "$generated/QuotaView";
import type { StateReport } from "$generated/StateReport";
import type { MainCommands } from "$generated/commands";
import { Failures } from "$lib/failures.svelte";

/** What the state of an office is asked with. */
export type StatePlatform = Pick<MainCommands, "officeState">;

/** From here on a quota may run out. */
const NEARLY_ALL = 0.8;

/** How an office stands. */
export class OfficeState {
  report: StateReport | undefined = $state.raw();
  readonly failures = new Failures<"state">();
  #office = "";

  constructor(private readonly platform: StatePlatform) {}

  /** Shows how an office stands. */
  async show(office: string): Promise<void> {
    if (office !== this.#office) this.report = undefined;
    this.#office = office;
    await this.failures.run("state", async () => {
      const report = await this.platform.officeState({ office });
      if (office === this.#office) this.report = report;
    });
  }

  /** Asks anew. */
  async refresh(): Promise<void> {
    await this.show(this.#office);
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

/** Whole days until a certificate ends; negative once it has. */
export function daysUntil(until: string, now: string): number {
  return Math.floor((Date.parse(until) - Date.parse(now)) / 86_400_000);
}
