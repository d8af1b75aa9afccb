import type { CallFilter } from "$generated/CallFilter";
import type { CallRow } from "$generated/CallRow";
import type { ContractError } from "$generated/ContractError";
import type { MainPlatform } from "$platform/types";
import { toContractError } from "$lib/errors";
import { dayKey } from "$lib/time";
import { Pages, type DayStart } from "./pages";
import { Layout } from "./window";

const FIRST_PAGE = 60;
const PAGE = 200;
const TYPING_MS = 120;
/** New calls may be this late in the list: an office with many calls asks for no more than it can read. */
const SETTLE_MS = 100;

/** The list of calls: what it is asked for, the rows that are here, and the loading of those that are looked at. */
export class CallList {
  text = $state("");
  filter: CallFilter = $state("all");
  error: ContractError | undefined = $state.raw();
  /** The first page has come. */
  loaded = $state(false);

  #version = $state(0);
  #pages = new Pages();
  #asked = 0;
  #wanted: [number, number] = [0, 0];
  #pumping = false;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly platform: Pick<MainPlatform, "listCalls">) {}

  /** Rows in the whole list, as far as that is known. */
  readonly total = $derived.by(() => this.#seen().total);
  /** Rows that begin a day. */
  readonly days: DayStart[] = $derived.by(() => this.#seen().days());
  /** Where rows stand. */
  readonly layout = $derived(
    new Layout(
      this.total,
      this.days.map((day) => day.index),
    ),
  );
  /** There is nothing to show. */
  readonly empty = $derived(this.loaded && this.#seen().complete && this.#seen().known === 0);

  /** The row at an index; `undefined` while it is on its way. */
  row(index: number): CallRow | undefined {
    return this.#seen().row(index);
  }

  /** Index of a call whose row is here. */
  indexOf(key: string): number | undefined {
    return this.#seen().indexOf(key);
  }

  /** Calls of a day, once the whole day is known. */
  dayCount(start: DayStart): number | undefined {
    const pages = this.#seen();
    const next = this.days.find((day) => day.index > start.index);
    if (next) return next.index - start.index;
    return pages.complete ? pages.known - start.index : undefined;
  }

  /** Searches while somebody types. */
  search(text: string): void {
    this.text = text;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => void this.reload(), TYPING_MS);
  }

  /** Shows other calls. */
  choose(filter: CallFilter): void {
    this.filter = filter;
    void this.reload();
  }

  /** Shows everything again. */
  clear(): void {
    this.text = "";
    this.choose("all");
  }

  /** Asks anew from the top. */
  async reload(): Promise<void> {
    clearTimeout(this.#typing);
    const asked = ++this.#asked;
    this.#wanted = [0, 0];
    try {
      const page = await this.platform.listCalls({ text: this.text.trim(), filter: this.filter, limit: FIRST_PAGE });
      if (asked !== this.#asked) return;
      this.#pages = new Pages();
      this.#pages.push(undefined, page);
      this.error = undefined;
      this.loaded = true;
      this.#version++;
    } catch (thrown) {
      if (asked === this.#asked) this.error = toContractError(thrown);
    }
  }

  /** Says which rows are looked at: what is missing of them is fetched. */
  look(first: number, end: number): void {
    this.#wanted = [first, end];
    if (!this.#pumping) void this.#pump();
  }

  /** Calls changed: rows that are here change at once, the top of the list is asked for again soon after. */
  changed(rows: CallRow[]): void {
    if (!this.loaded) return;
    this.#pages.update(rows);
    this.#version++;
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined;
      void this.#refresh();
    }, SETTLE_MS);
  }

  /** The day that a row belongs to, for a heading that stays in sight. */
  dayOf(index: number): DayStart | undefined {
    return this.days.findLast((day) => day.index <= index);
  }

  /** Whether a heading is about today. */
  isToday(start: DayStart, nowMs: number): boolean {
    return dayKey(start.at) === dayKey(new Date(nowMs).toISOString());
  }

  async #refresh(): Promise<void> {
    const asked = this.#asked;
    try {
      const page = await this.platform.listCalls({ text: this.text.trim(), filter: this.filter, limit: FIRST_PAGE });
      if (asked !== this.#asked) return;
      this.#pages.refresh(page);
      this.error = undefined;
      this.#version++;
    } catch (thrown) {
      if (asked === this.#asked) this.error = toContractError(thrown);
    }
  }

  /** One request at a time, always for what is looked at now. */
  async #pump(): Promise<void> {
    this.#pumping = true;
    try {
      while (await this.#step());
    } catch (thrown) {
      this.error = toContractError(thrown);
    } finally {
      this.#pumping = false;
    }
  }

  async #step(): Promise<boolean> {
    const [asked, pages, [first, end]] = [this.#asked, this.#pages, this.#wanted];
    const request = { text: this.text.trim(), filter: this.filter };
    for (let index = first; index < Math.min(end, pages.known); index++) {
      const gone = pages.dropped(index);
      if (!gone) continue;
      const page = await this.platform.listCalls({ ...request, ...cursor(gone.before), limit: gone.limit });
      if (asked !== this.#asked) return true;
      pages.restore(gone.page, page.rows);
      this.#version++;
      return true;
    }
    if (!this.loaded || pages.complete || end < pages.known) return false;
    const before = pages.next;
    const page = await this.platform.listCalls({ ...request, ...cursor(before), limit: PAGE });
    // A refresh of the top may have moved the end meanwhile.
    if (asked !== this.#asked || pages.next !== before) return true;
    pages.push(before, page);
    pages.forget(this.#wanted[0]);
    this.#version++;
    return true;
  }

  #seen(): Pages {
    void this.#version;
    return this.#pages;
  }
}

function cursor(before: string | undefined): { before?: string } {
  return before === undefined ? {} : { before };
}
