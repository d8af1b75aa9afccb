/** Seconds kept ready ahead of the playhead. */
export const AHEAD = 30;
/** Seconds kept behind it, so that a short step back is instant. */
export const BEHIND = 30;

/** Bytes that are fetched before sound starts. */
export const FIRST_CHUNK = 16 * 1024;
const CHUNK = 64 * 1024;

/** A stretch of time that is ready to play. */
export interface Stretch {
  start: number;
  end: number;
}

/** Where to go on in the file, and the time at which that is. */
export interface Place {
  byte: number;
  time: number;
}

/** The place to read from for a time: the frame that begins at or before its whole second. */
export function placeOf(seconds: readonly number[], time: number): Place {
  const index = Math.min(Math.max(0, Math.floor(time)), seconds.length - 1);
  const byte = seconds[index];
  return byte === undefined ? { byte: 0, time: 0 } : { byte, time: index };
}

/** The next bytes to fetch, first and last; small at first so that sound starts soon. `undefined` at the end. */
export function nextRange(next: number, bytes: number, fetched: number): [number, number] | undefined {
  if (next >= bytes) return undefined;
  const size = fetched === 0 ? FIRST_CHUNK : fetched < 4 ? FIRST_CHUNK * 2 : CHUNK;
  return [next, Math.min(bytes, next + size) - 1];
}

/** The stretch in which a time lies. */
export function stretchAt(ready: readonly Stretch[], time: number): Stretch | undefined {
  // Frames do not begin at exact times: a hair before a stretch is still in it.
  return ready.find((stretch) => time >= stretch.start - 0.1 && time < stretch.end);
}

/** Seconds that are ready from a time on. */
export function readyFrom(ready: readonly Stretch[], time: number): number {
  const stretch = stretchAt(ready, time);
  return stretch ? stretch.end - time : 0;
}

/** What lies so far behind the playhead that it is dropped; `undefined` while that is not worth it. */
export function stale(ready: readonly Stretch[], time: number): Stretch | undefined {
  const start = ready[0]?.start;
  if (start === undefined || time - start < 2 * BEHIND) return undefined;
  return { start, end: time - BEHIND };
}

/** The stretches of a media element as plain values. */
export function stretches(ranges: TimeRanges): Stretch[] {
  return Array.from({ length: ranges.length }, (_, index) => ({ start: ranges.start(index), end: ranges.end(index) }));
}
