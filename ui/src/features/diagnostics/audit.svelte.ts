import type { AuditLine } from "$generated/AuditLine";
import type { MainCommands } from "$generated/commands";
import { Failures } from "$lib/failures.svelte";

/** What the audit asks the program. */
export type AuditPlatform = Pick<MainCommands, "auditPage">;

/** What administrators of an office changed. */
export class Audit {
  entries: AuditLine[] = $state.raw([]);
  next: number | undefined = $state();
  loaded = $state(false);
  /** The entry that is open. */
  open: number | undefined = $state();
  readonly failures = new Failures<"list">();
  #office = "";
  /** Answers to what is not asked any more are passed over. */
  #asked = 0;

  constructor(private readonly platform: AuditPlatform) {}

  /** Shows an office's audit. */
  async show(office: string): Promise<void> {
    if (office !== this.#office) {
      this.failures.clear();
      this.entries = [];
      this.next = this.open = undefined;
      this.loaded = false;
    }
    this.#office = office;
    await this.refresh();
  }

  /** Asks anew. */
  async refresh(): Promise<void> {
    await this.#read();
  }

  /** The next page. */
  async more(): Promise<void> {
    await this.#read(this.next);
  }

  /** Opens an entry, or closes it. */
  toggle(id: number): void {
    this.open = this.open === id ? undefined : id;
  }

  async #read(before?: number): Promise<void> {
    const asked = ++this.#asked;
    await this.failures.run("list", async () => {
      const page = await this.platform.auditPage({ office: this.#office, ...(before !== undefined && { before }) });
      if (asked !== this.#asked) return;
      this.entries = before === undefined ? page.entries : [...this.entries, ...page.entries];
      this.next = page.next;
      this.loaded = true;
    });
  }
}
