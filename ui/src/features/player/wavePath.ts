/** Distance from one bar to the next, and the height of a lane, in the drawing's units. */
export const STEP = 3;
export const LANE = 36;

/** As many values as asked for, each the loudest of those it stands for. */
export function loudest(values: readonly number[], count: number): number[] {
  if (values.length === 0 || count <= 0) return [];
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * values.length) / count);
    const to = Math.max(from + 1, Math.floor(((index + 1) * values.length) / count));
    return values.slice(from, to).reduce((most, value) => Math.max(most, value), 0);
  });
}

/** The lane as one path of upright strokes around its middle. */
export function wavePath(values: readonly number[], count: number): string {
  const middle = LANE / 2;
  return loudest(values, count)
    .map((value, index) => {
      const half = Math.max(0.75, (Math.min(255, value) / 255) * (middle - 1));
      const x = index * STEP + STEP / 2;
      return `M${x} ${(middle - half).toFixed(1)}V${(middle + half).toFixed(1)}`;
    })
    .join("");
}
