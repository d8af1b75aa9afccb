// The only file that knows Tauri.
//
// What the content security policy needs for these pages: `script-src 'self'`, `style-src 'self'`, `font-src 'self'`,
// `img-src 'self'`, `connect-src ipc: http://ipc.localhost trubka-audio: http://trubka-audio.localhost` (recordings are
// fetched in ranges) and `media-src blob:` (MediaSource and pieces of WAV play from blob addresses). The handler of
// `trubka-audio` has to send `Access-Control-Allow-Origin` and expose `Retry-After`.
import type { CardCommands, CardEvents, MainCommands, MainEvents } from "$generated/commands";
import { convertFileSrc, invoke, transformCallback } from "@tauri-apps/api/core";
import { client } from "./client";
import type { CardPlatform, Listen, MainPlatform } from "./types";

const RECORDINGS = "trubka-audio";

/** As `listen` of `@tauri-apps/api/event`, which brings along more than the card's script has room for. */
function listenTo<Events>(): Listen<Events> {
  return async (event, handler) => {
    const callback = transformCallback<{ payload: Events[typeof event] }>(({ payload }) => handler(payload));
    const subscription = { event, target: { kind: "Any" }, handler: callback };
    const eventId = await invoke("plugin:event|listen", subscription);
    return () => void invoke("plugin:event|unlisten", { event, eventId });
  };
}

/** The main window's side of the program. */
export function mainPlatform(): MainPlatform {
  const recordingPieceUrl = (path: string, from: number, to: number) =>
    `${recordingUrl(path)}?from=${Math.round(from)}&to=${Math.round(to)}`;
  const given = { listen: listenTo<MainEvents>(), recordingUrl, recordingPieceUrl };
  return client<MainCommands, typeof given>(given, (command, request) => invoke("main_call", { command, request }));
}

/** The card window's side of the program. */
export function cardPlatform(): CardPlatform {
  const given = { listen: listenTo<CardEvents>() };
  return client<CardCommands, typeof given>(given, (command, request) => invoke("card_call", { command, request }));
}

function recordingUrl(path: string): string {
  // `convertFileSrc` would escape the slash between office and recording.
  return convertFileSrc("", RECORDINGS) + path.split("/").map(encodeURIComponent).join("/");
}
