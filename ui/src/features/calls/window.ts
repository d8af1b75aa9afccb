/** Height of a row. */
export const ROW = 46;
/** Height of a day's heading. */
export const HEADING = 28;
/** No element may be much taller: WebKit measures layout in 1/64 px and 32 bits. */
export const TALLEST = 12_000_000;
/** At both ends of a list that is too tall, this many pixels are shown one to one. */
const EDGE = 1_000_000;

/** Where rows and day headings stand, from the top of the whole list. */
export class Layout {
  /** `starts`: indices of the rows that begin a day, ascending. */
  constructor(
    readonly total: number,
    readonly starts: readonly number[],
  ) {}

  /** Height of the whole list. */
  get height(): number {
    return this.total * ROW + this.starts.length * HEADING;
  }

  /** Top of a row. */
  top(index: number): number {
    return index * ROW + this.#headingsUpTo(index) * HEADING;
  }

  /** Top of the heading above a row that begins a day. */
  headingTop(index: number): number {
    return this.top(index) - HEADING;
  }

  /** The row at a place; a heading belongs to the row below it. */
  indexAt(y: number): number {
    let [low, high] = [0, Math.max(0, this.total - 1)];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#boxTop(middle) <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Rows that a view of that height at that place shows, with some around: `[first, past the last]`. */
  window(y: number, height: number, around = 6): [number, number] {
    if (this.total === 0) return [0, 0];
    return [Math.max(0, this.indexAt(y) - around), Math.min(this.total, this.indexAt(y + height) + 1 + around)];
  }

  #boxTop(index: number): number {
    const before = index === 0 ? 0 : this.#headingsUpTo(index - 1);
    return index * ROW + before * HEADING;
  }

  #headingsUpTo(index: number): number {
    let [low, high] = [0, this.starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] as number) <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Maps the scroll bar of an element that may be no taller than `TALLEST` to a list that may be: one to one near both
 * ends, stretched between.
 */
export class ScrollMap {
  /** `content`: height of the list; `view`: height of what is seen of it. */
  constructor(
    readonly content: number,
    readonly view: number,
  ) {}

  /** Height of the element. */
  get shown(): number {
    return Math.min(this.content, TALLEST);
  }

  /** The place in the list that the scroll bar stands for. */
  toContent(scroll: number): number {
    const [bar, list] = [this.#barEnd, this.#listEnd];
    if (bar >= list) return clamp(scroll, 0, list);
    if (scroll <= EDGE) return Math.max(0, scroll);
    if (scroll >= bar - EDGE) return Math.min(list, list - (bar - scroll));
    return EDGE + ((scroll - EDGE) * (list - 2 * EDGE)) / (bar - 2 * EDGE);
  }

  /** Where the scroll bar stands for a place in the list. */
  toScroll(place: number): number {
    const [bar, list] = [this.#barEnd, this.#listEnd];
    if (bar >= list) return clamp(place, 0, bar);
    if (place <= EDGE) return Math.max(0, place);
    if (place >= list - EDGE) return Math.min(bar, bar - (list - place));
    return EDGE + ((place - EDGE) * (bar - 2 * EDGE)) / (list - 2 * EDGE);
  }

  get #barEnd(): number {
    return Math.max(0, this.shown - this.view);
  }

  get #listEnd(): number {
    return Math.max(0, this.content - this.view);
  }
}

/** Where a list stands between a scroll bar that may be coarse and a wheel that has to move it one to one. */
export interface ScrollPosition {
  /** Position of the element's scroll bar. */
  scroll: number;
  /** Place in the list. */
  place: number;
}

/** The position after the element scrolled: small steps move one to one, a jump goes where the bar points. */
export function scrolled(map: ScrollMap, from: ScrollPosition, scroll: number): ScrollPosition {
  const step = scroll - from.scroll;
  if (map.content <= TALLEST || Math.abs(step) > map.view) return { scroll, place: map.toContent(scroll) };
  return { scroll, place: clamp(from.place + step, 0, Math.max(0, map.content - map.view)) };
}

/** The row that a key leads to from another, `page` rows being in sight; `undefined` for a key that leads nowhere. */
export function stepped(key: string, from: number, page: number, last: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + page,
    PageUp: from - page,
    Home: 0,
    End: last,
  };
  const to = steps[key];
  return to === undefined ? undefined : clamp(to, 0, last);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
