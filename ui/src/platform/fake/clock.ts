// Time stands still where the address names a moment (`?now=2025-11-20T14:36:00`), so that pictures of the pages are
// the same each time.
const asked = typeof location === "undefined" ? null : new URLSearchParams(location.search).get("now");

if (asked) {
  const Real = Date;
  const at = Real.parse(asked);
  globalThis.Date = class extends Real {
    constructor(...parts: [] | [value: number | string]) {
      super(...((parts.length === 0 ? [at] : parts) as [number]));
    }

    static override now(): number {
      return at;
    }
  } as DateConstructor;
}

export {};
