import { untrack } from "svelte";
import { innerHeight } from "svelte/reactivity/window";
import { callKey } from "$lib/calls";
import type { CallList } from "./list.svelte";
import { HEADING, ROW, ScrollMap, scrolled, type ScrollPosition } from "./window";

/** How long the scroll bar must not move to be at rest. */
const REST_MS = 150;

/** Where a list stands in its place on the page: it may be longer than any page can scroll. */
export class Scroll {
  viewport: HTMLElement | undefined = $state();
  /** As the page gives it: before its styles are here, as tall as the whole list. */
  measured = $state(600);
  /** Of the list no more is seen than the window shows. */
  readonly height = $derived(Math.min(this.measured, innerHeight.current ?? this.measured));
  position: ScrollPosition = $state.raw({ scroll: 0, place: 0 });
  readonly map = $derived.by(() => new ScrollMap(this.list().layout.height, this.height));
  /** The rows in sight: from, and up to without. */
  readonly range = $derived.by(() => this.list().layout.window(this.position.place, this.height));
  /** What a place in the list is further down than on the page. */
  readonly shift = $derived(this.position.place - this.position.scroll);
  /** The topmost row in sight: it stays where it is while calls come in above it. */
  #anchor: { key: string; above: number } | undefined = $state.raw();
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly list: () => CallList) {
    $effect(() => this.list().look(this.range[0], this.range[1]));

    // Other calls are read from the newest on, whatever was in sight before.
    $effect(() => {
      void this.list().generation;
      untrack(() => this.#toTop());
    });

    $effect(() => {
      const anchor = this.#anchor;
      const index = anchor && this.list().indexOf(anchor.key);
      if (index !== undefined) untrack(() => this.#go(this.list().layout.top(index) - (anchor?.above ?? 0)));
    });
  }

  /** The page has scrolled. */
  readonly scrolled = (): void => {
    const { viewport } = this;
    if (!viewport) return;
    if (viewport.scrollTop !== this.position.scroll)
      this.position = scrolled(this.map, this.position, viewport.scrollTop);
    this.#hold();
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#rest(), REST_MS);
  };

  /** Brings a row into sight, with the heading above it. */
  reveal(index: number): void {
    const top = this.list().layout.top(index);
    if (top - HEADING < this.position.place) this.#go(top - HEADING);
    else if (top + ROW > this.position.place + this.height) this.#go(top + ROW - this.height);
  }

  #toTop(): void {
    this.#anchor = undefined;
    this.position = { scroll: 0, place: 0 };
    if (this.viewport) this.viewport.scrollTop = 0;
  }

  #hold(): void {
    const { layout } = this.list();
    const top = layout.indexAt(this.position.place);
    const row = this.position.place > 0 ? this.list().row(top) : undefined;
    this.#anchor = row && { key: callKey(row.call), above: layout.top(top) - this.position.place };
  }

  #go(place: number): void {
    if (!this.viewport || Math.abs(place - this.position.place) < 1) return;
    const scroll = Math.round(this.map.toScroll(place));
    this.position = { scroll, place };
    this.viewport.scrollTop = scroll;
  }

  /** At rest the coarse scroll bar is put where the list really stands. */
  #rest(): void {
    const scroll = Math.round(this.map.toScroll(this.position.place));
    if (!this.viewport || scroll === this.viewport.scrollTop) return;
    this.position = { scroll, place: this.position.place };
    this.viewport.scrollTop = scroll;
  }
}
