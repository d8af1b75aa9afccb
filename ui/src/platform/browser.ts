// Stands in for the program when the pages are looked at in a browser, and in component tests: invented calls, and
// commands that answer. The address says what to show: `?lang=en&theme=dark&stage=welcome&calls=1000000&link=lost` and
// `&fail=storage&recording=gone&names=long&invited&admin` for the main page, `?phases=missed,talking` for the card, `&now=…` for both.
import "./fake/clock";
import type { CardPhase } from "$generated/CardPhase";
import type { ContractError } from "$generated/ContractError";
import type { DialPreview } from "$generated/DialPreview";
import type { Language } from "$generated/Language";
import type { LinkState } from "$generated/LinkState";
import type { MainView } from "$generated/MainView";
import type { NoticeKind } from "$generated/NoticeKind";
import type { OfficeView } from "$generated/OfficeView";
import type { Stage } from "$generated/Stage";
import type { Theme } from "$generated/Theme";
import { cardCommands, mainCommands } from "$generated/commands";
import type { CardCommands, CardEvents, MainCommands, MainEvents } from "$generated/commands";
import { client } from "./client";
import { asked, inLanguage } from "./fake/english";
import { connecting } from "./fake/connecting";
import { diagnosing } from "./fake/diagnosing";
import { detailsOf } from "./fake/details";
import { joining } from "./fake/joining";
import { auditing } from "./fake/auditing";
import { journaling } from "./fake/journaling";
import { staging } from "./fake/staged";
import { stating } from "./fake/state";
import { lists } from "./fake/lists";
import { people } from "./fake/people";
import { lookUp } from "./fake/lookUp";
import { recordingOf, toneUrl } from "./fake/recording";
import { hasLongNames, LONG, pageOf, rowAt } from "./fake/rows";
import { cardsView, lastTalk, mainView, dialConnections } from "./fake/views";
import { Wire } from "./fake/wire";
import type { CardPlatform, MainPlatform } from "./types";

const look = () => ({
  language: (asked.get("lang") ?? "ru") as Language,
  theme: (asked.get("theme") ?? "system") as Theme,
});

/** The main window's side of a made-up program. */
export function mainPlatform(): MainPlatform & { wire: Wire<MainEvents> } {
  const wire = new Wire<MainEvents>();
  let view: MainView = { ...mainView(), ...look(), stage: (asked.get("stage") ?? "demo") as Stage };
  const size = Number(asked.get("calls") ?? 1000);
  const details = new Map<string, ReturnType<typeof detailsOf>>();
  const link = asked.get("link");
  if (asked.has("admin")) {
    const ladoga = {
      id: "calls.ladoga.example",
      name: inLanguage(hasLongNames ? LONG.name : "Ладога"),
      address: "https://calls.ladoga.example/",
    };
    view = { ...view, offices: view.offices.map((office) => ({ ...office, ...ladoga, demo: false, admin: true })) };
  }
  if (link) {
    const lost = link === "lost" && {
      cause: "unreachable" as const,
      lostAt: new Date(Date.now() - 300_000).toISOString(),
    };
    view.offices = view.offices.map((office) => ({ ...office, link: link as LinkState, ...lost }));
  }
  const [dial, open] = [asked.get("dial"), asked.get("open")];
  if (asked.has("invited")) view.errand = { id: 1, task: { kind: "join" } };
  else if (dial) view.errand = { id: 1, task: { kind: "dial", text: dial, fromProgram: true } };
  else if (open) view.errand = { id: 1, task: { kind: "open", call: { office: "demo", id: open } } };
  const notices = asked.get("notices")?.split(",") ?? [];
  view.notices = notices.map((kind) => ({ kind: kind as NoticeKind }));

  function change(changes: Partial<MainView>): void {
    view = { ...view, ...changes, revision: view.revision + 1 };
    wire.send("main", view);
  }

  function gain(id: string): void {
    const office: OfficeView = {
      id,
      name: id,
      address: `https://${id}/`,
      demo: false,
      admin: false,
      link: "live",
      clockOffsetMs: 0,
      connections: [],
    };
    change({ stage: "office", offices: [...view.offices.filter((other) => !other.demo && other.id !== id), office] });
  }

  function detailsFor(id: string): ReturnType<typeof detailsOf> {
    const found =
      details.get(id) ?? detailsOf(view.now.open.find((row) => row.call.id === id) ?? rowAt(Number(id.slice(4))));
    details.set(id, found);
    return found;
  }

  const scripted: Partial<MainCommands> & Omit<MainPlatform, keyof MainCommands> & { wire: Wire<MainEvents> } = {
    wire,
    listen: wire.listen,
    startMain: async (request) => {
      const [view, calls] = await Promise.all([
        platform.mainSnapshot(),
        platform.listCalls(request).catch(() => undefined),
      ]);
      return { view, ...(calls && { calls }) };
    },
    mainSnapshot: async () => view,
    errandDone: async (id) => {
      const { errand, ...rest } = view;
      if (errand?.id === id) view = rest;
    },
    listCalls: async (request) => {
      if (asked.has("fail")) throw failure(asked.get("fail") as ContractError["code"]);
      return pageOf(size, request);
    },
    callDetails: async ({ id }) => detailsFor(id),
    saveNote: async ({ call, text }) => {
      const old = detailsFor(call.id);
      const note = { id: `note${Date.now()}`, text, author: "Пётр", at: new Date().toISOString(), alsoEditedBy: [] };
      details.set(call.id, { ...old, notes: text ? [note] : [] });
      return detailsFor(call.id);
    },
    saveOutcome: async ({ call, outcome }) => {
      const { outcome: _, ...old } = detailsFor(call.id);
      details.set(call.id, { ...old, ...(outcome ? { outcome } : {}) });
      return detailsFor(call.id);
    },
    lookUp: async ({ text }) => lookUp(size, text),
    previewDial: async ({ text }) => preview(text),
    placeCall: async () => ({ call: { office: "demo", id: "call0" } }),
    ...diagnosing(),
    ...auditing(),
    ...journaling(),
    ...stating(),
    ...staging(),
    openRecording: async ({ recording }) => {
      if (asked.has("recording")) throw failure(asked.get("recording") as ContractError["code"]);
      return recordingOf(recording, 192_000);
    },
    saveSettings: async (settings) =>
      change({ settings, theme: settings.theme, language: settings.language ?? view.language }),
    connectOffice: async ({ address }) => {
      if (!address.startsWith("https://")) throw failure("httpsNeeded", "address");
      gain(new URL(address).host);
    },
    ...joining(gain),
    ...people(),
    ...lists(),
    renewOfficeToken: async ({ office, token }) => {
      if (token === "wrong") throw failure("unauthorized", "token");
      const renewed = ({ cause: _, ...other }: OfficeView) =>
        other.id === office ? { ...other, link: "live" as const } : other;
      change({ offices: view.offices.map(renewed) });
    },
    disconnectOffice: async ({ office }) => {
      const offices = view.offices.filter((other) => other.id !== office);
      change({ offices, ...(offices.length === 0 && { stage: "welcome" }) });
    },
    ...connecting((own) => change({ stage: "office", offices: [own] })),
    startDemo: async () => change({ stage: "demo" }),
    demoPbxs: async () => ({
      pbxs: [
        { make: "rostelecom", title: { ru: "Ростелеком", en: "Rostelecom" }, runs: true },
        { make: "zadarma", title: { ru: "Zadarma", en: "Zadarma" }, runs: false },
      ],
    }),
    leaveDemo: async () => change({ stage: "welcome" }),
    dismissNotice: async (kind) => change({ notices: view.notices.filter((notice) => notice.kind !== kind) }),
    dismissAway: async () => change({ now: { ...view.now, whileAway: 0 } }),
    demoPhone: async (action) => {
      const state = action === "pickUp" ? "talking" : action === "hangUp" ? "idle" : "ringing";
      change({ phone: { state, ...(state === "idle" ? {} : { shows: "+7 900 123-45-67" }) } });
    },
    recordingUrl: () => toneUrl(192_000),
    recordingPieceUrl: (_, from, to) => (from < 192_000 ? toneUrl(Math.min(to, 192_000) - from) : "blob:none"),
  };
  const platform = client<MainCommands, typeof scripted>(scripted, unscripted);
  return platform;
}

/** The card window's side of a made-up program. */
export function cardPlatform(): CardPlatform & { wire: Wire<CardEvents> } {
  const wire = new Wire<CardEvents>();
  let view = { ...cardsView((asked.get("phases")?.split(",") ?? []) as CardPhase[]), ...look() };
  const scripted: Partial<CardCommands> & Omit<CardPlatform, keyof CardCommands> & { wire: Wire<CardEvents> } = {
    wire,
    listen: wire.listen,
    cardSnapshot: async () => view,
    dismissCard: async ({ id }) => {
      view = { ...view, revision: view.revision + 1, cards: view.cards.filter((card) => card.call.id !== id) };
      wire.send("cards", view);
    },
  };
  return client<CardCommands, typeof scripted>(scripted, unscripted);
}

/** What nobody made up an answer for: orders are taken, questions are refused. */
async function unscripted(name: string): Promise<void> {
  const commands = [...Object.values(mainCommands), ...Object.values(cardCommands)];
  if (commands.some((command) => command.name === name && command.answers))
    throw { ...failure("unsupported"), message: `the made-up program does not answer ${name}` };
}

function preview(text: string): DialPreview {
  const digits = text.replace(/[^\d+]/g, "").replace(/^8(?=\d{10}$)/, "+7");
  if (digits === "") throw failure("invalidRequest", "text");
  const short = digits.length <= 5;
  const national = digits.replace(/^(?:\+7|8)(\d{3})(\d{3})(\d{2})(\d{2})$/, "+7 $1 $2-$3-$4");
  const [known, abroad] = [digits.endsWith("9001234567"), digits.startsWith("+49")];
  return {
    number: { kind: digits === "112" ? "emergency" : short ? "extension" : "phone", digits },
    display: short ? digits : national,
    warnings: digits.length > 5 && digits.length < 11 ? ["tooShort"] : abroad ? ["international"] : [],
    ...(known && { name: inLanguage("Морозова Ольга"), lastTalk: lastTalk() }),
    ...(abroad && { region: { country: "DE" } }),
    ...(national.startsWith("+7 495") && { region: { country: "RU", area: { ru: "Москва", en: "Moscow" } } }),
    asks: abroad,
    asksToTransfer: abroad,
    connections: dialConnections(),
  };
}

function failure(code: ContractError["code"], field?: string): ContractError {
  return { code, ...(field === undefined ? {} : { field }), message: "refused by the made-up program" };
}
