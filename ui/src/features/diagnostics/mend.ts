import type { JournalReason } from "$generated/JournalReason";
import type { StageProof } from "$generated/StageProof";

/** What mends a stage, as far as a button can. */
export type Mend = "trialOn" | "trialOff" | "keys" | "address" | "run";

/** Reasons that another key, or another account, puts right. */
const KEYS: JournalReason[] = ["signatureWrong", "otherAccount", "unauthorized", "forbidden"];
/** Reasons that another address puts right. */
const ADDRESS: JournalReason[] = ["notFound", "notUnderstood", "notTrusted"];

/** What is to be done where something that a stage takes is not seen; nothing where it is waited for or mended elsewhere. */
export function mendOf({ cause, reason }: StageProof): Mend | undefined {
  switch (cause) {
    case "trialIsOff":
      return "trialOn";
    case "trialIsOn":
      return "trialOff";
    case "notificationRefused":
      return reason && KEYS.includes(reason) ? "keys" : undefined;
    case "requestFailed":
      if (reason && KEYS.includes(reason)) return "keys";
      return reason && ADDRESS.includes(reason) ? "address" : "run";
    case "atTestHost":
      return "address";
    default:
      return undefined;
  }
}
