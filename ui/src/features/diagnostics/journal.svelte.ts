import type { ExportedJournal } from "$generated/ExportedJournal";
import type { JournalFilter } from "$generated/JournalFilter";
import type { JournalLine } from "$generated/JournalLine";
import type { MainCommands } from "$generated/commands";
import { Failures } from "$lib/failures.svelte";
import { exportWords } from "$messages/journalExport";
import { JournalEntry, type EntryPlatform } from "./journalEntry.svelte";

/** What the journal asks the program. */
export type JournalPlatform = Pick<MainCommands, "journalPage" | "clearJournal" | "exportJournal" | "showFile"> &
  EntryPlatform;

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
  /** Whoever asked to clear it has yet to say that he means it. */
  asksToClear = $state(false);
  /** It is being put into a file. */
  exporting = $state(false);
  /** The file that it was put into. */
  exported: ExportedJournal | undefined = $state.raw();
  readonly failures = new Failures<"list" | "entry" | "signature" | "again" | "clear" | "export">();
  /** The entry that is open. */
  readonly entry: JournalEntry;
  #office = "";
  /** Answers to what is not asked any more are passed over. */
  #asked = 0;
  /** The entry from which somebody went to its call. */
  #left: number | undefined;

  constructor(private readonly platform: JournalPlatform) {
    this.entry = new JournalEntry(platform, this.failures, () => this.refresh());
  }

  /** Something is left out. */
  get isNarrowed(): boolean {
    return this.filter.errors || this.filter.method !== undefined || this.filter.direction !== undefined;
  }

  /** Shows an office's journal. */
  async show(office: string): Promise<void> {
    if (office !== this.#office) {
      this.entry.close(office);
      this.failures.clear();
      this.entries = [];
      this.methods = [];
      this.loaded = this.asksToClear = this.exporting = false;
      this.exported = undefined;
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
    this.exported = undefined;
    void this.refresh();
  }

  /** Leaves out nothing. */
  widen(): void {
    this.filter = EVERYTHING;
    this.exported = undefined;
    void this.refresh();
  }

  /** Puts what the filter shows into a file; that is noted. */
  async export(): Promise<void> {
    if (this.exporting) return;
    const office = this.#office;
    this.exporting = true;
    this.exported = undefined;
    await this.failures.run("export", async () => {
      const exported = await this.platform.exportJournal({ office, filter: this.#filter(), words: exportWords() });
      if (office === this.#office) this.exported = exported;
    });
    if (office === this.#office) this.exporting = false;
  }

  /** Shows the file in its folder. */
  showFile(file: string): Promise<void> {
    return this.platform.showFile({ file });
  }

  /** Somebody goes from the open entry to its call. */
  leave(): void {
    this.#left = this.entry.detail?.line.id;
  }

  /** Whether somebody comes back to this entry: the first time that it is asked. */
  returned(id: number): boolean {
    if (this.#left !== id) return false;
    this.#left = undefined;
    return true;
  }

  /** Forgets everything; that is noted. */
  async clear(): Promise<void> {
    this.asksToClear = false;
    const done = await this.failures.run("clear", () => this.platform.clearJournal({ office: this.#office }));
    if (!done) return;
    this.entry.close(this.#office);
    await this.refresh();
  }

  #filter(before?: number): JournalFilter {
    const { method, direction, errors } = this.filter;
    return {
      errors,
      ...(method !== undefined && { method }),
      ...(direction !== undefined && { direction }),
      ...(before !== undefined && { before }),
    };
  }

  async #read(before?: number): Promise<void> {
    const asked = ++this.#asked;
    const { method } = this.filter;
    await this.failures.run("list", async () => {
      const page = await this.platform.journalPage({ office: this.#office, filter: this.#filter(before) });
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
