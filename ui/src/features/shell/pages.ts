/** The views of the main window. */
export type Page = "now" | "calls" | "diagnostics" | "people" | "settings";

/** The views in the order of the side bar, each with the key that opens it with Ctrl. Those to come have theirs, too. */
export const PAGES: { page: Page; key: string }[] = [
  { page: "now", key: "1" },
  { page: "calls", key: "2" },
  { page: "diagnostics", key: "7" },
  { page: "settings", key: "8" },
  { page: "people", key: "9" },
];

/** The view that a key opens, wherever its digit stands in the layout. */
export function pageOfKey(event: Pick<KeyboardEvent, "code" | "ctrlKey" | "metaKey" | "altKey">): Page | undefined {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return undefined;
  return PAGES.find(({ key }) => event.code === `Digit${key}`)?.page;
}
