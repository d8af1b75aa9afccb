/** A key alone, pressed where nothing is being written or chosen. */
export function isBare(event: KeyboardEvent): boolean {
  const writes = event.target instanceof Element && event.target.closest("input, textarea, select");
  return !writes && !event.ctrlKey && !event.metaKey && !event.altKey;
}
