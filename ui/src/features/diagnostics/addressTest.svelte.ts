import type { MainCommands } from "$generated/commands";
import type { TestReport } from "$generated/TestReport";
import { Failures } from "$lib/failures.svelte";

/** What a test of an address is asked with. */
export type AddressTestPlatform = Pick<MainCommands, "testAddress">;

/** How long a message may be waited for, in seconds. */
export const SECONDS = { least: 1, usual: 10, most: 30 } as const;

/** A test of the address that a connection's PBX posts to. */
export class AddressTest {
  isOpen = $state(false);
  /** The name of the message; absent: the first that there is. */
  message: string | undefined = $state();
  seconds: number = $state(SECONDS.usual);
  running = $state(false);
  report: TestReport | undefined = $state.raw();
  readonly failures = new Failures<"test">();

  constructor(
    private readonly platform: AddressTestPlatform,
    private readonly office: string,
    private readonly connection: string,
  ) {}

  /** Whether a message may be waited for so long. */
  get isTimeRight(): boolean {
    return Number.isInteger(this.seconds) && this.seconds >= SECONDS.least && this.seconds <= SECONDS.most;
  }

  /** Sends a message and waits for what comes of it. */
  async send(message: string): Promise<void> {
    if (this.running || !this.isTimeRight) return;
    const { office, connection, seconds } = this;
    this.running = true;
    this.report = undefined;
    await this.failures.run("test", async () => {
      this.report = await this.platform.testAddress({ office, connection, message, seconds });
    });
    this.running = false;
  }
}
