import type { CallsPage } from "$generated/CallsPage";
import { Pages } from "./pages";

const PAGE = 200;

/** Asks for rows behind a place of the list, or from its top. */
export type AskForPage = (part: { before?: string; limit: number }) => Promise<CallsPage>;

/** The rows that are looked at: the first, and the one past the last. */
export type Wanted = [first: number, end: number];

/**
 * Fetches one page of the rows that are looked at and not here. What came is kept only while `isCurrent`: other calls
 * may have been asked for meanwhile.
 */
export async function fetchMissing(
  pages: Pages,
  wanted: () => Wanted,
  ask: AskForPage,
  isCurrent: () => boolean,
): Promise<"rows" | "outdated" | "nothing"> {
  const [first, end] = wanted();
  for (let index = first; index < Math.min(end, pages.known); index++) {
    const gone = pages.dropped(index);
    if (!gone) continue;
    const page = await ask({ ...cursor(gone.before), limit: gone.limit });
    if (!isCurrent()) return "outdated";
    pages.restore(gone.page, page.rows);
    pages.forget(wanted()[0]);
    return "rows";
  }
  if (pages.complete || end < pages.known) return "nothing";
  const before = pages.next;
  const page = await ask({ ...cursor(before), limit: PAGE });
  // A refresh of the top may have moved the end meanwhile.
  if (!isCurrent() || pages.next !== before) return "outdated";
  pages.push(before, page);
  pages.forget(wanted()[0]);
  return "rows";
}

/** Pages from the first on, down to the rows that are looked at, as long as they are wanted. */
export async function pagesUpTo(
  wanted: () => Wanted,
  first: CallsPage,
  ask: AskForPage,
  isWanted: () => boolean,
): Promise<Pages> {
  const pages = new Pages();
  pages.push(undefined, first);
  while (isWanted() && !pages.complete && pages.known < wanted()[1]) {
    const before = pages.next;
    pages.push(before, await ask({ ...cursor(before), limit: PAGE }));
    pages.forget(wanted()[0]);
  }
  return pages;
}

function cursor(before: string | undefined): { before?: string } {
  return before === undefined ? {} : { before };
}
