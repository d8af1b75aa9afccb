import type { Component } from "svelte";

/** A part of a page that its first picture does without: its script is fetched when the part is wanted first. */
export class Later<Props extends Record<string, any>> {
  #component: Component<Props> | undefined = $state.raw();
  #asked: Promise<void> | undefined;

  constructor(private readonly load: () => Promise<{ default: Component<Props> }>) {}

  /** What draws it, once that is here; asked for where it is not. */
  get component(): Component<Props> | undefined {
    if (!this.#component) void this.fetch();
    return this.#component;
  }

  /** Done once it can be drawn. What could not be fetched is asked for again the next time. */
  fetch(): Promise<void> {
    this.#asked ??= this.load().then(
      ({ default: component }) => void (this.#component = component),
      () => (this.#asked = undefined),
    );
    return this.#asked;
  }
}
