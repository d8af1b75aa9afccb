import type { ContractError } from "$generated/ContractError";
import type { ErrorCode } from "$generated/ErrorCode";

const codes: Record<ErrorCode, true> = {
  unauthorized: true,
  invalidRequest: true,
  notFound: true,
  ended: true,
  unsupported: true,
  rateLimited: true,
  notReady: true,
  gone: true,
  notPlayable: true,
  refused: true,
  unknownOutcome: true,
  unreachable: true,
  notAGateway: true,
  httpsNeeded: true,
  storage: true,
  internal: true,
};

/** What a failed command tells: the contract's error, or a fault of this program for anything else that was thrown. */
export function toContractError(thrown: unknown): ContractError {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown) {
    const { code } = thrown as { code: unknown };
    if (typeof code === "string" && code in codes) return thrown as ContractError;
  }
  return { code: "internal", message: thrown instanceof Error ? thrown.message : String(thrown) };
}
