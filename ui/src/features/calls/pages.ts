import type { CallRow } from "$generated/CallRow";
import type { CallsPage } from "$generated/CallsPage";
import { callKey } from "$lib/calls";
import { dayKey } from "$lib/time";

/** Row that begins a day. */
export interface DayStart {
  index: number;
  at: string;
}

/** A moment in the list, by milliseconds since 1970. */
type Moment = number;

interface Page {
  /** What the office was asked with; absent for the newest page. */
  before: string | undefined;
  /** Absent when they were dropped to save memory; the page still counts. */
  rows: CallRow[] | undefined;
  count: number;
  /** Rows that begin a day, by their place within the page. */
  days: { offset: number; at: string }[];
  lastDay: string | undefined;
  /** When its oldest call began; absent on an empty page. */
  oldest: Moment | undefined;
  /** Where moments that were asked for lie in it, for when its rows were dropped. */
  places: Map<Moment, number>;
}

/** How many pages keep their rows; a million calls stay a list of cursors. */
const KEPT = 12;

/** The pages that are known, newest first, without a hole between them. */
export class Pages {
  #pages: Page[] = [];
  #next: string | undefined;
  #total: number | undefined;
  #complete = false;

  /** Rows known so far, dropped ones included. */
  get known(): number {
    return this.#pages.reduce((sum, page) => sum + page.count, 0);
  }

  /** All rows, as far as that can be said. */
  get total(): number {
    if (this.#complete) return this.known;
    return Math.max(this.#total ?? 0, this.known + 1);
  }

  /** Every row is known. */
  get complete(): boolean {
    return this.#complete;
  }

  /** What to ask the office with to go on. */
  get next(): string | undefined {
    return this.#next;
  }

  /** Adds the page that follows the last one. */
  push(before: string | undefined, page: CallsPage): void {
    const previous = this.#pages.at(-1)?.lastDay;
    this.#pages.push({ before, ...measured(page.rows, previous) });
    this.#next = page.next;
    this.#complete = page.next === undefined;
    if (page.total !== undefined) this.#total = page.total;
  }

  /** The row at an index; `undefined` while it is not here. */
  row(index: number): CallRow | undefined {
    const found = this.#find(index);
    return found?.page.rows?.[index - found.start];
  }

  /** Index of a call whose row is here. */
  indexOf(key: string): number | undefined {
    let start = 0;
    for (const page of this.#pages) {
      const at = page.rows?.findIndex((row) => callKey(row.call) === key) ?? -1;
      if (at >= 0) return start + at;
      start += page.count;
    }
    return undefined;
  }

  /** Rows that begin a day, ascending. */
  days(): DayStart[] {
    const days: DayStart[] = [];
    let start = 0;
    for (const page of this.#pages) {
      for (const day of page.days) days.push({ index: start + day.offset, at: day.at });
      start += page.count;
    }
    return days;
  }

  /** Index of the newest call that began before a moment; `undefined` where none is known. */
  indexBefore(moment: Moment): number | undefined {
    let start = 0;
    for (const page of this.#pages) {
      if (page.oldest !== undefined && page.oldest < moment) return start + placeIn(page, moment);
      start += page.count;
    }
    return undefined;
  }

  /** The page that an index falls into when its rows were dropped: its number and what to ask with. */
  dropped(index: number): { page: number; before: string | undefined; limit: number } | undefined {
    const found = this.#find(index);
    if (!found || found.page.rows) return undefined;
    return { page: found.number, before: found.page.before, limit: found.page.count };
  }

  /** Puts dropped rows back. */
  restore(number: number, rows: CallRow[]): void {
    const page = this.#pages[number];
    if (page) Object.assign(page, measured(rows, this.#pages[number - 1]?.lastDay));
  }

  /** Drops the rows of pages far from an index; the newest page stays, since new calls go there. */
  forget(around: number): void {
    const here = this.#find(around)?.number ?? this.#pages.length - 1;
    const loaded = this.#pages
      .map((page, number) => ({ page, distance: number === 0 ? -1 : Math.abs(number - here) }))
      .filter(({ page }) => page.rows)
      .sort((one, other) => one.distance - other.distance);
    for (const { page } of loaded.slice(KEPT)) page.rows = undefined;
  }

  /** Replaces rows that are here by newer states. */
  update(rows: CallRow[]): void {
    const fresh = new Map(rows.map((row) => [callKey(row.call), row]));
    for (const page of this.#pages) page.rows = page.rows?.map((old) => fresh.get(callKey(old.call)) ?? old);
  }

  /**
   * Lets the newest rows be what the office says they are: what it no longer lists goes, what is new comes. Says whether
   * that was possible: where nothing that is here is among them, there may be a hole between both.
   */
  refresh(fresh: CallsPage): boolean {
    const first = this.#pages[0];
    if (fresh.next !== undefined && !overlap(first?.rows ?? [], fresh.rows)) return false;
    const rest = fresh.next === undefined ? [] : older(first?.rows ?? [], fresh.rows);
    const newest = { before: undefined, ...measured([...fresh.rows, ...rest], undefined) };
    if (fresh.next === undefined) {
      this.#pages = [newest];
      this.#next = undefined;
      this.#complete = true;
    } else {
      this.#pages[0] = newest;
      if (this.#pages.length === 1 && rest.length === 0) {
        this.#next = fresh.next;
        this.#complete = false;
      }
    }
    if (fresh.total !== undefined) this.#total = fresh.total;
    return true;
  }

  #find(index: number): { page: Page; number: number; start: number } | undefined {
    let start = 0;
    for (const [number, page] of this.#pages.entries()) {
      if (index < start + page.count) return { page, number, start };
      start += page.count;
    }
    return undefined;
  }
}

function placeIn(page: Page, moment: Moment): number {
  const found = page.rows?.findIndex((row) => Date.parse(row.startedAt) < moment);
  if (found !== undefined && found >= 0) page.places.set(moment, found);
  return page.places.get(moment) ?? 0;
}

function overlap(known: CallRow[], fresh: CallRow[]): boolean {
  const listed = new Set(fresh.map((row) => callKey(row.call)));
  return known.some((row) => listed.has(callKey(row.call)));
}

/** Rows of `known` below the last of `fresh`. */
function older(known: CallRow[], fresh: CallRow[]): CallRow[] {
  const last = fresh.at(-1);
  if (!last) return [];
  const listed = new Set(fresh.map((row) => callKey(row.call)));
  const at = known.findIndex((row) => callKey(row.call) === callKey(last.call));
  const below =
    at >= 0 ? known.slice(at + 1) : known.filter((row) => Date.parse(row.startedAt) < Date.parse(last.startedAt));
  return below.filter((row) => !listed.has(callKey(row.call)));
}

function measured(rows: CallRow[], previousDay: string | undefined): Omit<Page, "before"> {
  const days: Page["days"] = [];
  let day = previousDay;
  for (const [offset, row] of rows.entries()) {
    const key = dayKey(row.startedAt);
    if (key !== day) days.push({ offset, at: row.startedAt });
    day = key;
  }
  const last = rows.at(-1);
  const oldest = last && Date.parse(last.startedAt);
  return { rows, count: rows.length, days, lastDay: day, oldest, places: new Map() };
}
