import type { JournalDetail } from "$generated/JournalDetail";
import type { JournalFilter } from "$generated/JournalFilter";
import type { JournalLine } from "$generated/JournalLine";
import type { SignatureCheck } from "$generated/SignatureCheck";
import type { MainCommands } from "$generated/commands";
import { Failures } from "$lib/failures.svelte";

/** What the journal asks the program. */
export type JournalPlatform = Pick<MainCommands, "journalPage" | "journalEntry" | "checkSignature" | "clearJournal">;

/** What is wanted of the journal. */
export interface Narrowed {
  method?: string | undefined;
  direction?: JournalFilter["direction"] | undefined;
  errors: boolean;
}

const EVERYTHING: Narrowed = { errors: false };

/** The request journal of an office. */
export class Journal {
  filter: Narrowed = $state.raw(EVERYTHING);
  entries: JournalLine[] = $state.raw([]);
  methods: string[] = $state.raw([]);
  next: number | undefined = $state();
  loaded = $state(false);
  /** The entry that is open. */
  detail: JournalDetail | undefined = $state.raw();
  /** What the signature of the open entry says. */
  signature: SignatureCheck | undefined = $state.raw();
  /** Whoever asked to clear it has yet to say that he means it. */
  asksToClear = $state(false);
  readonly failures = new Failures<"list" | "entry" | "signature" | "clear">();
  #office = "";
  /** Answers to what is not asked any more are passed over. */
  #asked = 0;
  #opened = 0;
  /** The entry from which somebody went to its call. */
  #left: number | undefined;

  constructor(private readonly platform: JournalPlatform) {}

  /** Something is left out. */
  get isNarrowed(): boolean {
    return this.filter.errors || this.filter.method !== undefined || this.filter.direction !== undefined;
  }

  /** Shows an office's journal. */
  async show(office: string): Promise<void> {
    if (office !== this.#office) {
      this.#opened++;
      this.failures.clear();
      this.detail = this.signature = undefined;
      this.entries = [];
      this.methods = [];
      this.loaded = this.asksToClear = false;
      this.filter = EVERYTHING;
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

  /** Leaves out more, or less. */
  narrow(change: Partial<Narrowed>): void {
    this.filter = { ...this.filter, ...change };
    void this.refresh();
  }

  /** Leaves out nothing. */
  widen(): void {
    this.filter = EVERYTHING;
    void this.refresh();
  }

  /** Opens an entry, or closes it. */
  async toggle(id: number): Promise<void> {
    if (this.detail?.line.id !== id) return this.#open(id, false);
    this.#opened++;
    this.detail = this.signature = undefined;
  }

  /** Has the signature of the open entry checked with the key that its connection has now. */
  async checkSignature(): Promise<void> {
    const [opened, id] = [this.#opened, this.detail?.line.id];
    if (id === undefined) return;
    this.signature = undefined;
    await this.failures.run("signature", async () => {
      const check = await this.platform.checkSignature({ office: this.#office, id });
      if (opened === this.#opened) this.signature = check;
    });
  }

  /** Somebody goes from the open entry to its call. */
  leave(): void {
    this.#left = this.detail?.line.id;
  }

  /** Whether somebody comes back to this entry: the first time that it is asked. */
  returned(id: number): boolean {
    if (this.#left !== id) return false;
    this.#left = undefined;
    return true;
  }

  /** Shows the numbers of the entry that is open; that is noted. */
  async reveal(): Promise<void> {
    if (this.detail) await this.#open(this.detail.line.id, true);
  }

  /** Forgets everything; that is noted. */
  async clear(): Promise<void> {
    this.asksToClear = false;
    const done = await this.failures.run("clear", () => this.platform.clearJournal({ office: this.#office }));
    if (!done) return;
    this.detail = this.signature = undefined;
    await this.refresh();
  }

  async #open(id: number, reveal: boolean): Promise<void> {
    const opened = ++this.#opened;
    await this.failures.run("entry", async () => {
      const detail = await this.platform.journalEntry({ office: this.#office, id, reveal });
      if (opened !== this.#opened) return;
      if (detail.line.id !== this.detail?.line.id) this.signature = undefined;
      this.detail = detail;
    });
  }

  async #read(before?: number): Promise<void> {
    const asked = ++this.#asked;
    const { method, direction, errors } = this.filter;
    const filter: JournalFilter = {
      errors,
      ...(method !== undefined && { method }),
      ...(direction !== undefined && { direction }),
      ...(before !== undefined && { before }),
    };
    await this.failures.run("list", async () => {
      const page = await this.platform.journalPage({ office: this.#office, filter });
      if (asked !== this.#asked) return;
      this.entries = before === undefined ? page.entries : [...this.entries, ...page.entries];
      this.methods = [...new Set([...(method === undefined ? [] : [method]), ...page.methods])].sort();
      this.next = page.next;
      this.loaded = true;
    });
  }
}

/** The entries as lines of JSON. */
export function exported(entries: JournalLine[]): string {
  return entries.map((line) => `${JSON.stringify(line)}\n`).join("");
}
