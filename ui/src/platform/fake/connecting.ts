// The made-up program's side of the wizard: a key that is right, and steps that pass or fail by it.
import type { CheckOutcome } from "$generated/CheckOutcome";
import type { ContractError } from "$generated/ContractError";
import type { DraftView } from "$generated/DraftView";
import type { OfficeView } from "$generated/OfficeView";
import type { PbxConnection } from "$generated/PbxConnection";
import { OWN, type WizardPlatform } from "$features/wizard/wizard.svelte";
import { asked } from "./english";
import { MAKES } from "./makes";

/** The token that the made-up PBX accepts. */
export const RIGHT_KEY = "right";

/** Calls are placed as everywhere else. */
type Connecting = Omit<WizardPlatform, "previewDial" | "placeCall">;

export function connecting(connected: (office: OfficeView) => void): Connecting {
  let draft: DraftView | undefined;
  let keys: Record<string, string> = {};
  /** What offices are connected to; one behind a gateway has a connection in its file. */
  const all: Record<string, PbxConnection[]> = {};
  const atGateway = (office: string) => office !== OWN;
  const hookUrl = (office: string, connection: string) => `https://${office}/hook/${connection}`;
  const FIXED: PbxConnection = {
    id: "rt1",
    make: "rostelecom",
    title: { ru: "Ростелеком", en: "Rostelecom" },
    phone: "",
    paused: false,
    fixed: true,
    hookUrl: hookUrl("calls.ladoga.example", "rt1"),
  };
  const title = (make: string) => MAKES.find((one) => one.make === make)?.title ?? { ru: make, en: make };
  /** What an admin has added, for pictures: one is paused, and one cannot be used as it is. */
  const added = (): PbxConnection[] =>
    [
      { id: "mango-vpbx-1", make: "mango-vpbx", paused: true },
      {
        id: "zadarma-1",
        make: "zadarma",
        paused: false,
        wrong: { ...failure("invalidRequest", "keys"), fault: "missing" as const, part: "secret" },
      },
    ].map((one) => ({ ...one, title: title(one.make), phone: "", fixed: false }));
  const of = (office: string) =>
    (all[office] ??= atGateway(office) ? [FIXED, ...(asked.has("admin") ? added() : [])] : []);

  function known(connection: string): DraftView {
    if (draft?.connection !== connection) throw failure("notFound");
    return draft;
  }

  return {
    connectableMakes: async ({ office }) => ({
      makes: atGateway(office)
        ? MAKES.map((make) => (make.needsAddress ? { ...make, card: "live" as const } : make))
        : MAKES,
    }),
    officeConnections: async ({ office }) => ({ connections: of(office), ...(draft && { draft }) }),
    beginConnection: async ({ office, make, connection }) => {
      const old = of(office).find((one) => one.id === connection);
      const posts = atGateway(office) && MAKES.find((one) => one.make === make)?.needsAddress;
      keys = old ? { token: RIGHT_KEY } : {};
      draft = {
        connection: old?.id ?? `${make}-1`,
        make: old?.make ?? make ?? "",
        isNew: !old,
        keys: Object.keys(keys),
        address: "",
        zone: "",
        phone: old?.phone ?? "",
        needsPhone: !atGateway(office),
        name: "",
        lines: [],
        steps: [],
        ...(posts && { hookUrl: hookUrl(office, `${make}-1`) }),
      };
      return draft;
    },
    fillConnection: async ({ connection, keys: given, address, zone, phone, name, lines }) => {
      if (phone?.includes(" ")) throw failure("invalidRequest", "phone");
      for (const [key, value] of Object.entries(given ?? {})) if (value) keys[key] = value;
      const steps = (["address", "key", "clock", "live"] as const).map((step) => ({ step, allowedMs: 8000 }));
      draft = {
        ...known(connection),
        keys: Object.keys(keys),
        steps,
        ...(address !== undefined && { address }),
        ...(zone !== undefined && { zone }),
        ...(phone !== undefined && { phone }),
        ...(name !== undefined && { name }),
        ...(lines !== undefined && { lines }),
      };
      return draft;
    },
    introduceConnection: async ({ connection }) => {
      keys["token"] ??= RIGHT_KEY;
      draft = { ...known(connection), keys: Object.keys(keys), introduction: "given" as const };
      return draft;
    },
    listPhones: async () => ({ phones: [{ phone: "101", name: "Ирина" }, { phone: "202" }] }),
    checkConnection: async ({ connection, step }): Promise<CheckOutcome> => {
      known(connection);
      if (step === "key" && !Object.values(keys).includes(RIGHT_KEY))
        return { ok: false, tookMs: 40, finding: "wrongKey", detail: "401", field: "keys" };
      return { ok: true, tookMs: 40, finding: "works", detail: "fine" };
    },
    saveConnection: async ({ office, connection }) => {
      const { make, phone, hookUrl } = known(connection);
      const connections = [
        ...of(office).filter((one) => one.id !== connection),
        { id: connection, make, title: title(make), phone, paused: false, fixed: false, ...(hookUrl && { hookUrl }) },
      ];
      all[office] = connections;
      draft = undefined;
      if (atGateway(office)) return;
      connected({
        id: "own",
        name: "own",
        demo: false,
        admin: false,
        link: "live",
        clockOffsetMs: 0,
        connections: connections.map((one) => ({
          id: one.id,
          title: one.title,
          state: "live",
          refused: [],
          warnings: [],
          drained: 0,
          holes: [],
          abilities: [],
        })),
      });
    },
    dropDraft: async () => {
      draft = undefined;
    },
    pauseConnection: async ({ office, connection, paused }) => {
      all[office] = of(office).map((one) => (one.id === connection ? { ...one, paused } : one));
    },
    removeConnection: async ({ office, connection }) => {
      all[office] = of(office).filter((one) => one.id !== connection);
    },
  };
}

function failure(code: ContractError["code"], field?: string): ContractError {
  return { code, ...(field === undefined ? {} : { field }), message: "refused by the made-up program" };
}
