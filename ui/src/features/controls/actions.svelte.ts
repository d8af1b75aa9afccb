import type { CallAction } from "$generated/CallAction";
import type { CallRef } from "$generated/CallRef";
import type { ContractError } from "$generated/ContractError";
import type { DialNumber } from "$generated/DialNumber";
import type { DialPreview } from "$generated/DialPreview";
import { newCommand } from "$lib/command";
import { toContractError } from "$lib/errors";
import type { MainPlatform } from "$platform/types";

/** What the controls of a call need of the program. */
export type ActionsPlatform = Pick<MainPlatform, "actOnCall" | "previewDial">;

/** What a person does with one call that goes on. Each press is a command of its own, unless the one before may still act; one at a time. */
export class Actions {
  busy = $state(false);
  error: ContractError | undefined = $state.raw();
  /** Whom a call would be sent to, as it was read. */
  preview: DialPreview | undefined = $state.raw();
  /** A number that costs extra, or may be somebody else's, was shown and is asked about. */
  asks = $state(false);

  #text = "";
  /** What nobody knows the outcome of, and its command: asked again, that looks and does not act twice. */
  #unknown: { what: string; command: string } | undefined;

  constructor(private readonly platform: ActionsPlatform) {}

  /** Does it; says whether that was shown to have worked. */
  async act(call: CallRef, action: CallAction): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = undefined;
    const what = JSON.stringify([call, action]);
    const command = this.#unknown?.what === what ? this.#unknown.command : newCommand();
    this.#unknown = undefined;
    try {
      await this.platform.actOnCall({ command, call, action });
      return true;
    } catch (thrown) {
      this.error = toContractError(thrown);
      if (this.error.code === "unknownOutcome") this.#unknown = { what, command };
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Reads to whom a call would go. What is shown is of the newest text. */
  async type(text: string): Promise<void> {
    this.#text = text;
    this.preview = this.error = undefined;
    this.asks = false;
    if (text.trim() === "") return;
    try {
      const preview = await this.platform.previewDial({ text });
      if (this.#text === text) this.preview = preview;
    } catch (thrown) {
      if (this.#text === text) this.error = toContractError(thrown);
    }
  }

  /** Sends the call to the number that is shown. One that asks is pressed twice. */
  async send(call: CallRef, action: (to: DialNumber, confirmed: boolean) => CallAction): Promise<boolean> {
    if (!this.preview) return false;
    if (this.preview.asksToTransfer && !this.asks) {
      this.asks = true;
      return false;
    }
    return this.act(call, action(this.preview.number, this.asks));
  }
}
