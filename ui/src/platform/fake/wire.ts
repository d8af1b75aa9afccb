import type { Listen } from "../types";

/** Carries events from a made-up program to its page. */
export class Wire<Events> {
  readonly #handlers = new Map<string, Set<(payload: never) => void>>();

  /** Subscribes. */
  readonly listen: Listen<Events> = async (name, handler) => {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers.add(handler));
    return () => handlers.delete(handler);
  };

  /** Sends an event to all who subscribed. */
  send<Name extends keyof Events & string>(name: Name, payload: Events[Name]): void {
    for (const handler of this.#handlers.get(name) ?? []) handler(payload as never);
  }
}
