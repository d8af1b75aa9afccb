import type { ContractError } from "$generated/ContractError";

/** What a failed command tells: the contract's error, or a fault of this program for anything else that was thrown. */
export function toContractError(thrown: unknown): ContractError {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string") {
    return thrown as ContractError;
  }
  return { code: "internal", message: thrown instanceof Error ? thrown.message : String(thrown) };
}
