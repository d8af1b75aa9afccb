import { parts } from "$features/shell/parts";
import { beforeAll } from "vitest";

/** Everything that the main window fetches when it is shown first is here already. */
export function fetchParts(): void {
  beforeAll(() => Promise.all(Object.values(parts).map((part) => part.fetch())));
}
