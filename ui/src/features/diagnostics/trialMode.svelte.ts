import type { MainCommands } from "$generated/commands";
import { Failures } from "$lib/failures.svelte";

/** What begins and ends a trial mode. */
export type TrialModePlatform = Pick<MainCommands, "beginTrial" | "endTrial">;

/** For how many hours a trial mode may be begun. */
export const HOURS = { least: 1, usual: 4, most: 24 } as const;

/** The trial mode of a connection: its calls are for administrators alone, and plain HTTP is accepted. */
export class TrialMode {
  /** Somebody wants to begin it, and has yet to say that he means it. */
  asks = $state(false);
  hours: number = $state(HOURS.usual);
  running = $state(false);
  readonly failures = new Failures<"begin" | "end">();

  constructor(
    private readonly platform: TrialModePlatform,
    private readonly office: string,
    private readonly connection: string,
    /** Looks how the office stands now. */
    private readonly look: () => Promise<void>,
  ) {}

  /** Whether it may be begun for so long. */
  get isTimeRight(): boolean {
    return Number.isInteger(this.hours) && this.hours >= HOURS.least && this.hours <= HOURS.most;
  }

  async begin(): Promise<void> {
    if (this.running || !this.isTimeRight) return;
    const { office, connection, hours } = this;
    this.running = true;
    if (
      await this.failures.run("begin", async () => void (await this.platform.beginTrial({ office, connection, hours })))
    ) {
      this.asks = false;
      await this.look();
    }
    this.running = false;
  }

  async end(): Promise<void> {
    if (this.running) return;
    const { office, connection } = this;
    this.running = true;
    if (await this.failures.run("end", () => this.platform.endTrial({ office, connection }))) await this.look();
    this.running = false;
  }
}
