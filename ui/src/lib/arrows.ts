/** What can have the keyboard in a row. */
const STOPS = "button:not(:disabled), a[href], [tabindex='0']";

/**
 * Arrows lead through a list of rows with buttons: up and down to the row above and below, left and right within one;
 * in a list of single buttons all four lead to the next. To be attached to the list; its rows are its children.
 */
export function arrows(list: HTMLElement): () => void {
  list.addEventListener("keydown", step);
  return () => list.removeEventListener("keydown", step);
}

function step(event: KeyboardEvent): void {
  const list = event.currentTarget as HTMLElement;
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof Element)) return;
  if (target.matches("input, textarea, select")) return;
  const rows = [...list.children].map(stopsOf).filter((stops) => stops.length > 0);
  const at = rows.findIndex((stops) => stops.some((stop) => stop === target));
  const row = rows[at];
  if (!row) return;
  const place = row.findIndex((stop) => stop === target);
  const single = rows.every((stops) => stops.length === 1);
  const by = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 }[key];
  let to: HTMLElement | undefined;
  if (key === "Home") to = rows[0]?.[0];
  else if (key === "End") to = rows.at(-1)?.[0];
  else if (by && (single || key === "ArrowDown" || key === "ArrowUp")) {
    const next = rows[at + by];
    to = next?.[Math.min(place, next.length - 1)];
  } else if (by) to = row[place + by];
  if (!to) return;
  event.preventDefault();
  to.focus();
}

function stopsOf(row: Element): HTMLElement[] {
  const within = [...row.querySelectorAll<HTMLElement>(STOPS)];
  return row.matches(STOPS) ? [row as HTMLElement, ...within] : within;
}
