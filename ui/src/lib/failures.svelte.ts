import type { ContractError } from "$generated/ContractError";
import { toContractError } from "./errors";

/** Failed commands, each until the same command works or a person has seen it: another's success hides nothing. */
export class Failures<Command extends string> {
  #errors: ReadonlyMap<Command, ContractError> = $state.raw(new Map());

  /** The failures, the oldest first. */
  get all(): [Command, ContractError][] {
    return [...this.#errors];
  }

  /** How a command failed last, unless it has worked since. */
  of(command: Command): ContractError | undefined {
    return this.#errors.get(command);
  }

  /** Runs a command; says whether it worked. */
  async run(command: Command, act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      this.dismiss(command);
      return true;
    } catch (thrown) {
      this.report(command, toContractError(thrown));
      return false;
    }
  }

  /** Notes that a command failed. */
  report(command: Command, error: ContractError): void {
    this.#errors = new Map(this.#errors).set(command, error);
  }

  /** Puts a command's failure away. */
  dismiss(command: Command): void {
    this.#errors = new Map(this.all.filter(([failed]) => failed !== command));
  }

  /** Puts all of them away. */
  clear(): void {
    this.#errors = new Map();
  }
}
