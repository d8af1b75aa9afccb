import type { CardCommands, CardEvents, MainCommands, MainEvents } from "$generated/commands";

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** Subscribes to events; resolves once nothing can be missed any more. */
export type Listen<Events> = <Name extends keyof Events & string>(
  name: Name,
  handler: (payload: Events[Name]) => void,
) => Promise<Unsubscribe>;

/** The program as the main window sees it. */
export interface MainPlatform extends MainCommands {
  listen: Listen<MainEvents>;
  /** The address that serves a recording's bytes with ranges; the path is `{office}/{recording}`. */
  recordingUrl(path: string): string;
  /** The address of a piece of a WAV as PCM, between two moments in milliseconds. */
  recordingPieceUrl(path: string, from: number, to: number): string;
}

/** The program as the card window sees it. */
export interface CardPlatform extends CardCommands {
  listen: Listen<CardEvents>;
}
