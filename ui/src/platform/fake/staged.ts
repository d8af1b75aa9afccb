// The staged check of an invented connection.
import type { MainCommands } from "$generated/commands";
import type { ProofName } from "$generated/ProofName";
import type { StageCause } from "$generated/StageCause";
import type { StageName } from "$generated/StageName";
import type { StageProof } from "$generated/StageProof";
import type { StageReport } from "$generated/StageReport";
import type { StagedCheck } from "$generated/StagedCheck";
import { rowAt } from "./rows";

const ADVICE: Record<StageName, { ru: string; en: string }> = {
  plain: {
    ru: "На вкладке «Отладка взаимодействия» выключите шифрование (SSL) и отправьте тестовое уведомление.",
    en: "Switch encryption (SSL) off on the debugging tab and send a test notification.",
  },
  signature: {
    ru: "Сравните с кабинетом код идентификации и ключ подписи.",
    en: "Compare the identification code and the signing key with the account.",
  },
  tls: {
    ru: "Загрузите сертификат шлюза в доверенные и включите шифрование (SSL).",
    en: "Upload the gateway’s certificate as a trusted one and switch encryption (SSL) on.",
  },
  live: {
    ru: "Активируйте услугу и позвоните на свой номер с любого телефона.",
    en: "Activate the service and call your number from any phone.",
  },
  allowList: {
    ru: "Впишите наш адрес в белый список IP и сохраните.",
    en: "Enter our address into the list of allowed IP addresses and save.",
  },
};

const seen = (proof: ProofName, index: number, status = 200): StageProof => ({
  proof,
  state: "passed",
  at: rowAt(index).startedAt,
  entry: index,
  status,
  tookMs: 7 + index,
});
const missing = (proof: ProofName, cause: StageCause): StageProof => ({ proof, state: "notReached", cause });

/** Where the invented stages stand: the fourth waits for a call once it was run. */
function report(ran: Set<StageName>): StageReport[] {
  const live: StageProof[] = ran.has("live")
    ? [{ proof: "liveAddress", state: "passed" }, seen("request", 0), missing("realCall", "noCall")]
    : [{ proof: "liveAddress", state: "passed" }, missing("request", "notBegun"), missing("realCall", "notBegun")];
  const list: [StageName, StageReport["state"], StageProof[]][] = [
    ["plain", "passed", [seen("plainNotification", 8), seen("plainRequest", 8, 403)]],
    ["signature", "passed", [seen("signature", 6), seen("testRequest", 7)]],
    [
      "tls",
      "passed",
      [{ proof: "trialOff", state: "passed" }, seen("ownTest", 5), seen("tlsNotification", 4), seen("tlsRequest", 5)],
    ],
    ["live", "current", live],
    ["allowList", "later", [missing("request", "notBegun"), missing("notification", "notBegun")]],
  ];
  return list.map(([stage, state, proofs]) => ({
    stage,
    state,
    proofs,
    advice: ADVICE[stage],
    canRun: true,
    ...(stage === "live" && ran.has("live") && { beganAt: rowAt(0).startedAt }),
  }));
}

/** The answers about staged checks. */
export function staging(): Pick<MainCommands, "stagedCheck" | "runStage" | "keepCertificate"> {
  const ran = new Set<StageName>();
  const check = (connection: string): StagedCheck => ({
    connection,
    titles: { ru: "Ростелеком", en: "Rostelecom" },
    now: rowAt(0).startedAt,
    since: new Date(Date.parse(rowAt(0).startedAt) - 7 * 86_400_000).toISOString(),
    stages: report(ran),
    hook: `https://calls.ladoga.example/hook/${connection}`,
    testHost: "api-test.cloudpbx.rt.ru",
    host: "api.cloudpbx.rt.ru",
    certificate: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
  });
  return {
    stagedCheck: async ({ connection }) => check(connection),
    keepCertificate: async () => ({ file: "/home/belova/Downloads/trubka-certificate-2025-11-20-143600.pem" }),
    runStage: async ({ connection, stage }) => {
      ran.add(stage);
      return { check: check(connection) };
    },
  };
}
