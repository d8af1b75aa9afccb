import type { CallCounts } from "$generated/CallCounts";
import type { CallFilter } from "$generated/CallFilter";
import type { CallRow } from "$generated/CallRow";
import type { CallsPage } from "$generated/CallsPage";
import type { ListCallsRequest } from "$generated/ListCallsRequest";
import type { ContractError } from "$generated/ContractError";
import type { MainPlatform } from "$platform/types";
import { isOpen } from "$lib/calls";
import { toContractError } from "$lib/errors";
import { dayKey } from "$lib/time";
import { fetchMissing, pagesUpTo, type AskForPage, type Wanted } from "./fetching";
import { holeLines, type HoleLine, type NamedHole } from "./holes";
import { Pages, type DayStart } from "./pages";
import { Layout } from "./window";

/** What the list asks at first. */
export const FIRST_PAGE: ListCallsRequest = { text: "", filter: "all", limit: 60 };
/** New calls may be this late in the list: an office with many calls asks for no more than it can read. */
const SETTLE_MS = 100;

/** The list of calls: what it is asked for, the rows that are here, and the loading of those that are looked at. */
export class CallList {
  text = $state("");
  filter: CallFilter = $state("all");
  error: ContractError | undefined = $state.raw();
  /** How many calls each filter shows, without a search. */
  counts: CallCounts | undefined = $state.raw();
  /** Times of which calls are missing, whichever are listed. */
  missing: NamedHole[] = $state.raw([]);
  /** The first page has come. */
  loaded = $state(false);
  /** Grows with every answer to a new question: it is read from its top. */
  generation = $state(0);

  #version = $state(0);
  #pages = new Pages();
  #asked = 0;
  #wanted: Wanted = [0, 0];
  #pumping = false;
  #settling: ReturnType<typeof setTimeout> | undefined;
  /** Something changed since the last refresh began. */
  #behind = false;
  /** More changed than was named: no row that is here is sure. */
  #unsure = false;

  constructor(private readonly platform: Pick<MainPlatform, "listCalls">) {}

  /** Rows in the whole list, as far as that is known. */
  readonly total = $derived.by(() => this.#seen().total);
  /** Rows that begin a day. */
  readonly days: DayStart[] = $derived.by(() => this.#seen().days());
  /** Times without calls that are known, where all calls are listed. */
  readonly holes: HoleLine[] = $derived.by(() => (this.#isPlain ? holeLines(this.missing, this.#seen()) : []));
  /** Where rows stand. */
  readonly layout = $derived(
    new Layout(
      this.total,
      [...this.days, ...this.holes].map((heading) => heading.index).sort((one, other) => one - other),
    ),
  );
  /** Every call is known: what is shown last is the oldest. */
  readonly complete = $derived.by(() => this.#seen().complete);
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

  /** The newest calls that are over, while all are listed. */
  newestEnded(count: number): CallRow[] {
    if (!this.#isPlain || !this.loaded) return [];
    const rows = Array.from({ length: Math.min(FIRST_PAGE.limit, this.#seen().known) }, (_, index) => this.row(index));
    return rows.flatMap((row) => (row && !isOpen(row) ? [row] : [])).slice(0, count);
  }

  /** Calls of a day, once the whole day is known. */
  dayCount(start: DayStart): number | undefined {
    const pages = this.#seen();
    const next = this.days.find((day) => day.index > start.index);
    if (next) return next.index - start.index;
    return pages.complete ? pages.known - start.index : undefined;
  }

  /** Shows the calls of every kind that answer to a text. */
  search(text: string): void {
    this.text = text;
    this.choose("all");
  }

  /** Shows other calls. */
  choose(filter: CallFilter): void {
    this.filter = filter;
    void this.reload();
  }

  /** Forgets what was searched for and shows everything again, or all of one kind. */
  clear(filter: CallFilter = "all"): void {
    this.text = "";
    this.choose(filter);
  }

  /** Begins with the answer to `FIRST_PAGE`, which came with the window's view. */
  begin(page: CallsPage): void {
    this.#asked++;
    this.#take(this.#counted(page));
  }

  /** Asks anew from the top. */
  async reload(): Promise<void> {
    const asked = ++this.#asked;
    this.#wanted = [0, 0];
    try {
      const page = await this.#ask({ limit: FIRST_PAGE.limit });
      if (asked !== this.#asked) return;
      this.#take(page);
    } catch (thrown) {
      this.#failed(asked, thrown);
    }
  }

  #take(page: CallsPage): void {
    this.#pages = new Pages();
    this.#pages.push(undefined, page);
    this.#unsure = false;
    this.loaded = true;
    this.generation++;
    this.#took();
  }

  /** Says which rows are looked at: what is missing of them is fetched. */
  look(first: number, end: number): void {
    this.#wanted = [first, end];
    if (!this.#pumping) void this.#pump();
  }

  /**
   * Calls changed: rows that are here change at once, the top of the list is asked for again soon after. Where none is
   * named, any may have changed.
   */
  changed(rows: CallRow[]): void {
    if (!this.loaded) return;
    this.#behind = true;
    this.#unsure ||= rows.length === 0;
    this.#pages.update(rows);
    this.#version++;
    this.#settling ??= setTimeout(() => void this.#follow(), SETTLE_MS);
  }

  /** The day that a row belongs to, for a heading that stays in sight. */
  dayOf(index: number): DayStart | undefined {
    return this.days.findLast((day) => day.index <= index);
  }

  /** Whether a heading is about today. */
  isToday(start: DayStart, nowMs: number): boolean {
    return dayKey(start.at) === dayKey(nowMs);
  }

  /** One refresh at a time: an older answer never comes after a newer one. */
  async #follow(): Promise<void> {
    this.#behind = false;
    await this.#refresh();
    this.#settling = this.#behind ? setTimeout(() => void this.#follow(), SETTLE_MS) : undefined;
  }

  async #refresh(): Promise<void> {
    const [asked, unsure] = [this.#asked, this.#unsure];
    this.#unsure = false;
    try {
      const page = await this.#ask({ limit: FIRST_PAGE.limit });
      if (asked !== this.#asked) return;
      if (unsure || !this.#pages.refresh(page)) {
        const pages = await pagesUpTo(this.#wantedNow, page, this.#ask, () => asked === this.#asked);
        if (asked !== this.#asked) return;
        this.#pages = pages;
      }
      this.#took();
    } catch (thrown) {
      this.#unsure ||= unsure;
      this.#failed(asked, thrown);
    }
  }

  /** One request at a time, always for what is looked at now. */
  async #pump(): Promise<void> {
    this.#pumping = true;
    try {
      for (let more = true; more;) {
        const [asked, wanted] = [this.#asked, this.#wanted];
        try {
          more = (await this.#step()) || wanted !== this.#wanted;
        } catch (thrown) {
          more = this.#failed(asked, thrown);
        }
      }
    } finally {
      this.#pumping = false;
    }
  }

  async #step(): Promise<boolean> {
    if (!this.loaded) return false;
    const [asked, pages] = [this.#asked, this.#pages];
    const isCurrent = () => asked === this.#asked && pages === this.#pages;
    const came = await fetchMissing(pages, this.#wantedNow, this.#ask, isCurrent);
    if (came === "rows") this.#took();
    return came !== "nothing";
  }

  readonly #wantedNow = (): Wanted => this.#wanted;

  readonly #ask: AskForPage = (part) =>
    this.platform
      .listCalls({ text: this.text.trim(), filter: this.filter, ...part })
      .then((page) => this.#counted(page));

  #took(): void {
    this.error = undefined;
    this.#version++;
  }

  #counted(page: CallsPage): CallsPage {
    if (page.counts) this.counts = page.counts;
    return page;
  }

  /** Tells a failure unless something else was asked meanwhile; says whether it was. */
  #failed(asked: number, thrown: unknown): boolean {
    if (asked !== this.#asked) return true;
    this.error = toContractError(thrown);
    return false;
  }

  get #isPlain(): boolean {
    return this.filter === "all" && !this.text.trim();
  }

  #seen(): Pages {
    void this.#version;
    return this.#pages;
  }
}
