// The only file that knows Tauri.
//
// What the content security policy needs for these pages: `script-src 'self'`, `style-src 'self'`, `font-src 'self'`,
// `img-src 'self'`, `connect-src ipc: http://ipc.localhost trubka-audio: http://trubka-audio.localhost` (recordings are
// fetched in ranges) and `media-src blob:` (MediaSource and pieces of WAV play from blob addresses). The handler of
// `trubka-audio` has to send `Access-Control-Allow-Origin` and expose `Retry-After`.
import { cardCommands, mainCommands } from "$generated/commands";
import type { CardCommands, MainCommands } from "$generated/commands";
import { convertFileSrc, invoke } from "@tauri-apps/api/core";
import { listen as listenTauri } from "@tauri-apps/api/event";
import { client } from "./client";
import type { CardPlatform, Listen, MainPlatform } from "./types";

const RECORDINGS = "trubka-audio";

function listenTo<Events>(): Listen<Events> {
  return (name, handler) => listenTauri<Events[typeof name]>(name, (event) => handler(event.payload));
}

/** The main window's side of the program. */
export function mainPlatform(): MainPlatform {
  const commands = client<MainCommands>(mainCommands, ({ name }, request) =>
    invoke("main_call", { command: name, request }),
  );
  const recordingPieceUrl = (path: string, from: number, to: number) =>
    `${recordingUrl(path)}?from=${Math.round(from)}&to=${Math.round(to)}`;
  return { ...commands, listen: listenTo(), recordingUrl, recordingPieceUrl };
}

/** The card window's side of the program. */
export function cardPlatform(): CardPlatform {
  const commands = client<CardCommands>(cardCommands, ({ name }, request) =>
    invoke("card_call", { command: name, request }),
  );
  return { ...commands, listen: listenTo() };
}

function recordingUrl(path: string): string {
  // `convertFileSrc` would escape the slash between office and recording.
  return convertFileSrc("", RECORDINGS) + path.split("/").map(encodeURIComponent).join("/");
}
