// The only file that knows Tauri.
//
// What the content security policy needs for these pages: `script-src 'self'`, `style-src 'self'`, `font-src 'self'`,
// `img-src 'self'`, `connect-src ipc: http://ipc.localhost trubka-audio: http://trubka-audio.localhost` (recordings are
// fetched in ranges) and `media-src blob:` (MediaSource and whole WAV files play from blob addresses). The handler of
// `trubka-audio` has to send `Access-Control-Allow-Origin` and expose `Retry-After`.
import { convertFileSrc, invoke } from "@tauri-apps/api/core";
import { listen as listenTauri } from "@tauri-apps/api/event";
import type { CardPlatform, Listen, MainPlatform } from "./types";

const RECORDINGS = "trubka-audio";

function listenTo<Events>(): Listen<Events> {
  return (name, handler) => listenTauri<Events[typeof name]>(name, (event) => handler(event.payload));
}

/** The main window's side of the program. */
export function mainPlatform(): MainPlatform {
  return {
    listen: listenTo(),
    mainSnapshot: () => invoke("main_snapshot"),
    listCalls: (request) => invoke("list_calls", { request }),
    callDetails: (request) => invoke("call_details", { request }),
    saveNote: (request) => invoke("save_note", { request }),
    saveOutcome: (request) => invoke("save_outcome", { request }),
    previewDial: (request) => invoke("preview_dial", { request }),
    placeCall: (request) => invoke("place_call", { request }),
    openRecording: (request) => invoke("open_recording", { request }),
    saveSettings: (request) => invoke("save_settings", { request }),
    connectOffice: (request) => invoke("connect_office", { request }),
    renewOfficeToken: (request) => invoke("renew_office_token", { request }),
    disconnectOffice: (request) => invoke("disconnect_office", { request }),
    startDemo: () => invoke("start_demo"),
    leaveDemo: () => invoke("leave_demo"),
    dismissNotice: (request) => invoke("dismiss_notice", { request }),
    dismissAway: () => invoke("dismiss_away"),
    demoPhone: (request) => invoke("demo_phone", { request }),
    pendingDial: () => invoke("pending_dial"),
    pendingOpen: () => invoke("pending_open"),
    recordingUrl: (path) => recordingUrl(path),
  };
}

/** The card window's side of the program. */
export function cardPlatform(): CardPlatform {
  return {
    listen: listenTo(),
    cardSnapshot: () => invoke("card_snapshot"),
    dismiss: (request) => invoke("card_dismiss", { request }),
    callBack: (request) => invoke("card_call_back", { request }),
    open: (request) => invoke("card_open", { request }),
    saveNote: (request) => invoke("card_save_note", { request }),
    resize: (request) => invoke("card_resize", { request }),
    typing: (request) => invoke("card_typing", { request }),
    painted: (revision) => invoke("card_painted", { request: { revision } }),
    demoPhone: (request) => invoke("demo_phone", { request }),
  };
}

function recordingUrl(path: string): string {
  // `convertFileSrc` would escape the slash between office and recording.
  return convertFileSrc("", RECORDINGS) + path.split("/").map(encodeURIComponent).join("/");
}
