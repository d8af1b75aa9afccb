import { createSubscriber } from "svelte/reactivity";

/** The time of day as something to render from: reading it repaints, and it ticks only while somebody reads it. */
export class Ticker {
  readonly #subscribe: () => void;

  constructor(intervalMs: number) {
    this.#subscribe = createSubscriber((update) => {
      const timer = setInterval(update, intervalMs);
      return () => clearInterval(timer);
    });
  }

  /** Milliseconds since 1970. */
  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

/** For running timers: fine enough that no second is skipped. */
export const seconds = new Ticker(250);

/** For words like "today". */
export const minutes = new Ticker(20_000);
