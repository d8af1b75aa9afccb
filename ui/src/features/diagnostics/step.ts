/** Arrows go from one button of a list to the next. */
export function step(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
  const here = rows.findIndex((row) => row === document.activeElement);
  // What scrolls within the list keeps its own arrows.
  if (here < 0) return;
  rows[Math.min(rows.length - 1, Math.max(0, here + by))]?.focus();
  event.preventDefault();
}
