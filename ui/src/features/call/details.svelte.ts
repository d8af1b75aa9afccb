import type { CallDetails } from "$generated/CallDetails";
import type { CallRef } from "$generated/CallRef";
import type { CallRow } from "$generated/CallRow";
import type { OutcomeKind } from "$generated/OutcomeKind";
import type { MainPlatform } from "$platform/types";
import { sameCall } from "$lib/calls";
import { toContractError } from "$lib/errors";
import { Failures } from "$lib/failures.svelte";

const SETTLE_MS = 150;

/** Commands of the side panel. */
export type DetailsCommand = "load" | "saveNote" | "saveOutcome";

/** The call in the side panel. */
export class Details {
  call: CallRef | undefined = $state.raw();
  current: CallDetails | undefined = $state.raw();

  /** Grows each time that the keyboard is to go to what is said of the call. */
  reads = $state(0);

  /** Key of the call of which it is to be asked, once it is shown, to whom it is to go. */
  sending: string | undefined = $state();

  readonly failures = new Failures<DetailsCommand>();

  #asked = 0;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly platform: Pick<MainPlatform, "callDetails" | "saveNote" | "saveOutcome">) {}

  /** Shows a call of a list. */
  show(row: CallRow): void {
    void this.open(row.call);
  }

  /** Shows a call. */
  async open(call: CallRef): Promise<void> {
    if (!sameCall(call, this.call)) {
      this.close();
      this.call = call;
    }
    await this.reload();
  }

  /** Shows nothing. */
  close(): void {
    this.#asked++;
    this.sending = undefined;
    this.call = undefined;
    this.current = undefined;
    this.failures.clear();
  }

  /** Asks for the shown call anew. */
  async reload(): Promise<void> {
    const call = this.call;
    if (call) await this.#take("load", () => this.platform.callDetails(call));
  }

  /**
   * Calls changed: when the shown one is among them, or one with its number, it is asked for anew. Where none is named,
   * any may have changed.
   */
  changed(rows: CallRow[]): void {
    const dial = this.current?.row.party.dial;
    const touches = (row: CallRow) => sameCall(row.call, this.call) || (dial && row.party.dial === dial);
    const concerned = rows.length === 0 || rows.some(touches);
    if (!concerned) return;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => void this.reload(), SETTLE_MS);
  }

  /** Keeps a note; says whether that worked. */
  async saveNote(text: string, replaces: string | undefined): Promise<boolean> {
    const call = this.call;
    if (!call) return false;
    return this.#take("saveNote", () =>
      this.platform.saveNote({ call, text, ...(replaces === undefined ? {} : { replaces }) }),
    );
  }

  /** Keeps how the talk ended. */
  async saveOutcome(outcome: OutcomeKind | undefined): Promise<boolean> {
    const call = this.call;
    if (!call) return false;
    return this.#take("saveOutcome", () =>
      this.platform.saveOutcome({ call, ...(outcome === undefined ? {} : { outcome }) }),
    );
  }

  /** The newest answer is shown; a failure is, as long as the call that it concerns is. */
  async #take(command: DetailsCommand, ask: () => Promise<CallDetails>): Promise<boolean> {
    const [asked, call] = [++this.#asked, this.call];
    try {
      const details = await ask();
      if (asked === this.#asked) this.current = details;
      if (call === this.call) this.failures.dismiss(command);
      return true;
    } catch (thrown) {
      const superseded = command === "load" && asked !== this.#asked;
      if (call === this.call && !superseded) this.failures.report(command, toContractError(thrown));
      return false;
    }
  }
}
