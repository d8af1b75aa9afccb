/** The key of a card that was pressed, wherever it stands in the layout; `undefined` while something is written. */
export function keyOf(event: KeyboardEvent): string | undefined {
  const { target, code } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || target instanceof HTMLTextAreaElement) return undefined;
  // On a button it presses that one.
  if (target instanceof HTMLButtonElement && (code === "Enter" || code === "Space")) return undefined;
  return code.replace(/^(Key|Digit|Numpad)/, "");
}
