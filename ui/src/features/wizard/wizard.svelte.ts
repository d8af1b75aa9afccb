import type { CheckStep } from "$generated/CheckStep";
import type { ContractError } from "$generated/ContractError";
import type { DraftView } from "$generated/DraftView";
import type { FillConnectionRequest } from "$generated/FillConnectionRequest";
import type { MakeView } from "$generated/MakeView";
import type { NamedConnection } from "$generated/NamedConnection";
import type { PhoneChoice } from "$generated/PhoneChoice";
import { Dial } from "$features/dial/dial.svelte";
import { toContractError } from "$lib/errors";
import { ConnectionCheck } from "./connectionCheck.svelte";
import { OWN, type WizardPlatform } from "./platform";

export { OWN, type WizardPlatform };

/** The pages of the wizard. */
export type StepName = "make" | "keys" | "phone" | "check" | "done";
export const STEPS: StepName[] = ["make", "keys", "phone", "check", "done"];

/** What a person has entered, without which draft. */
export type Fields = Omit<FillConnectionRequest, "office" | "connection">;

/** Connecting a PBX, or changing a connection: from the make to the first call. */
export class Wizard {
  shown = $state(false);
  step: StepName = $state("make");
  makes: MakeView[] = $state.raw([]);
  draft: DraftView | undefined = $state.raw();
  failure: ContractError | undefined = $state.raw();
  /** It was the PBX that was asked for its key. */
  keyAsked = $state(false);
  busy = $state(false);
  /** When it was connected. */
  savedAt: Date | undefined = $state.raw();
  /** The PBX has taken a call of the person to himself. */
  tested = $state(false);
  /** Shows what such a call would dial, and places it. */
  readonly dial: Dial;
  readonly connectionCheck: ConnectionCheck;
  /** The office that PBXs are connected to: the one in this program, or one behind a gateway that the person administers. */
  office = $state(OWN);
  /** Counts how often the wizard was opened and put away: an answer to what was asked before that is of no use any more. */
  #opening = 0;

  constructor(private readonly platform: WizardPlatform) {
    this.connectionCheck = new ConnectionCheck((draft, step) =>
      platform.checkConnection({ ...this.#named(draft), step }),
    );
    this.dial = new Dial({
      previewDial: (request) => platform.previewDial(request),
      placeCall: async (request) => {
        const placed = await platform.placeCall(request);
        this.tested = true;
        return placed;
      },
    });
  }

  /** What is connected goes to a gateway, for several people. */
  get atGateway(): boolean {
    return this.office !== OWN;
  }

  /** The make of the draft. */
  get make(): MakeView | undefined {
    return this.makes.find((make) => make.make === this.draft?.make);
  }

  /** All steps of the check have passed, or are gone on without. */
  get passed(): boolean {
    return this.draft !== undefined && this.connectionCheck.passed(this.draft);
  }

  /** Shows the wizard for an office: where it was left, or at this connection. */
  async open({ office = OWN, connection }: { office?: string; connection?: string } = {}): Promise<void> {
    this.close();
    this.office = office;
    this.makes = [];
    this.#take(undefined, "make");
    this.shown = true;
    const begin = async (): Promise<DraftView | undefined> => {
      if (connection !== undefined) return this.platform.beginConnection({ office, connection });
      const { draft } = await this.platform.officeConnections({ office });
      // A change of a connection that was left is gone on with from that connection.
      return draft?.isNew ? draft : undefined;
    };
    await this.#run(
      async () => ({ makes: (await this.platform.connectableMakes({ office })).makes, begun: await begin() }),
      ({ makes, begun }) => {
        this.makes = makes;
        this.#take(begun, begun ? "keys" : "make");
      },
    );
  }

  /** Puts it away. What was entered stays for the next time. */
  close(): void {
    this.shown = false;
    this.busy = false;
    this.connectionCheck.stop();
    this.#opening += 1;
  }

  /** Gives up what was begun: nothing of it stays. */
  async giveUp(): Promise<void> {
    const { draft } = this;
    if (!draft) return;
    this.connectionCheck.stop();
    if (!(await this.#run(() => this.platform.dropDraft(this.#named(draft))))) return;
    this.#take(undefined, "make");
    this.close();
  }

  async choose(make: MakeView): Promise<void> {
    if (this.draft?.make === make.make && this.draft.isNew) {
      this.step = "keys";
      return;
    }
    await this.#run(
      () => this.platform.beginConnection({ office: this.office, make: make.make }),
      (draft) => this.#take(draft, "keys"),
    );
  }

  /** Takes in what was entered, and goes to the next page. */
  async next(fields: Fields): Promise<void> {
    if (!(await this.fill(fields))) return;
    this.step = STEPS[STEPS.indexOf(this.step) + 1] ?? "done";
    if (this.step === "check") void this.check();
  }

  back(): void {
    this.connectionCheck.stop();
    this.failure = undefined;
    // A change has no make to choose.
    if (this.step === "keys" && this.draft?.isNew === false) {
      this.close();
      return;
    }
    this.step = STEPS[Math.max(0, STEPS.indexOf(this.step) - 1)] ?? "make";
  }

  /** Takes in what was entered; says whether it could be. */
  async fill(fields: Fields): Promise<boolean> {
    const { draft } = this;
    if (!draft) return false;
    return this.#run(
      () => this.platform.fillConnection({ ...this.#named(draft), ...fields }),
      (filled) => {
        this.draft = filled;
      },
    );
  }

  /** Takes in what was entered, and has the PBX give its key. `again`: though nobody knows whether it has made one. */
  async introduce(fields: Fields, name: string, again: boolean): Promise<void> {
    if (!(await this.fill(fields)) || !this.draft) return;
    const { draft } = this;
    const asked = this.#run(
      () => this.platform.introduceConnection({ ...this.#named(draft), name, again }),
      (told) => (this.draft = told),
    );
    this.keyAsked = true;
    await asked;
  }

  /** The phones that the PBX lists. */
  async phones(): Promise<PhoneChoice[]> {
    const { draft } = this;
    if (!draft) return [];
    try {
      return (await this.platform.listPhones(this.#named(draft))).phones;
    } catch {
      // A person can type his own.
      return [];
    }
  }

  /** Checks step by step, up to the first that fails. */
  async check(): Promise<void> {
    const { draft } = this;
    if (!draft) return;
    await this.#run(() => this.connectionCheck.run(draft));
  }

  /** Mends a step and checks again. */
  async mend(fields: Fields): Promise<void> {
    if (await this.fill(fields)) await this.check();
  }

  /** Goes on without this step. */
  async skip(step: CheckStep): Promise<void> {
    this.connectionCheck.skip(step);
    await this.check();
  }

  /** Connects it. */
  async save(): Promise<void> {
    const { draft } = this;
    if (!draft) return;
    const now = new Date();
    // PBXs tell times in whole seconds.
    now.setMilliseconds(0);
    const saved = await this.#run(() => this.platform.saveConnection(this.#named(draft)));
    if (!saved) return;
    this.savedAt = now;
    this.step = "done";
  }

  #named({ connection }: DraftView): NamedConnection {
    return { office: this.office, connection };
  }

  #take(draft: DraftView | undefined, step: StepName): void {
    this.draft = draft;
    this.step = step;
    this.connectionCheck.clear();
    this.savedAt = undefined;
    this.tested = false;
    this.dial.cancel();
  }

  /** Asks, and takes the answer where the wizard still shows what it was asked for; says whether it was taken. */
  async #run<T>(ask: () => Promise<T>, take?: (answer: T) => void): Promise<boolean> {
    const opening = this.#opening;
    const isHere = (): boolean => opening === this.#opening;
    this.busy = true;
    this.failure = undefined;
    this.keyAsked = false;
    try {
      const answer = await ask();
      if (isHere()) take?.(answer);
      return isHere();
    } catch (thrown) {
      if (isHere()) this.failure = toContractError(thrown);
      return false;
    } finally {
      if (isHere()) this.busy = false;
    }
  }
}
