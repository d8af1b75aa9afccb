import type { CallbackGroup } from "$generated/CallbackGroup";
import type { ContractError } from "$generated/ContractError";
import type { DialPreview } from "$generated/DialPreview";
import type { DialConnection } from "$generated/DialConnection";
import type { DialConnectionRef } from "$generated/DialConnectionRef";
import type { MainPlatform } from "$platform/types";
import { newCommand } from "$lib/command";
import { can, missing } from "$lib/controls";
import { toContractError } from "$lib/errors";

/** Where the number came from. */
export type DialOrigin = "typed" | "clicked" | "program";

/** Names a dial connection among all: two offices may call theirs alike. */
export function connectionKey(named: Pick<DialConnection, "office" | "connection">): string {
  return `${named.office} ${named.connection}`;
}

// A number as people write or paste it: digits and the signs between them, an address, or a number among words.
const SIGNS = /^[\s\d+*#().,;/–−‑-]*$/u;
const ADDRESS = /^\s*(?:tel|callto|sips?):/iu;
const LONG = 7;

/** Whether a text is meant as a number to call rather than as words to look for. */
export function isNumber(text: string): boolean {
  const digits = text.replace(/\D/g, "").length;
  return ADDRESS.test(text) || digits >= LONG || (digits > 0 && SIGNS.test(text)) || /^[*#]/.test(text.trim());
}

/** Dialling: shows what would be dialled, and calls once a person has said so. */
export class Dial {
  text = $state("");
  /** What the text would do is shown. */
  shown = $state(false);
  origin: DialOrigin = $state("typed");
  error: ContractError | undefined = $state.raw();
  placing = $state(false);
  /** Grows each time that a number is shown which nobody typed. */
  shows = $state(0);
  /** Key of the chosen dial connection; the usual one when absent. */
  connection: string | undefined = $state();
  /** Short number of the group that is to be rung; one's own phone when absent. */
  group: string | undefined = $state();
  /** The customer is to be rung first. */
  customerFirst = $state(false);

  #preview: { of: string; view: DialPreview } | undefined = $state.raw();
  #asked = 0;
  #command = newCommand();

  constructor(private readonly platform: Pick<MainPlatform, "previewDial" | "placeCall">) {}

  /** The text is a number to call. */
  get isNumber(): boolean {
    return this.text.trim() !== "" && (this.origin !== "typed" || isNumber(this.text));
  }

  /** What the text would dial; what was typed before stays in sight until that is known. */
  get preview(): DialPreview | undefined {
    return this.isNumber ? this.#preview?.view : undefined;
  }

  /** What is shown is of exactly this text. */
  get current(): boolean {
    return this.preview !== undefined && this.#preview?.of === this.text.trim();
  }

  /** The connection that the call would go through. */
  get chosen(): DialConnection | undefined {
    const connections = this.preview?.connections;
    return connections?.find((known) => connectionKey(known) === this.connection) ?? connections?.[0];
  }

  /** Groups that can be rung in the own phone's place. Only for a customer: a colleague is called from the own phone. */
  get groups(): CallbackGroup[] {
    const connection = this.chosen;
    return connection && this.#isCustomer && can(connection.controls, "groupCallback") ? connection.groups : [];
  }

  /** The group that will be rung, where one was chosen and this connection can ring it. */
  get ringsGroup(): CallbackGroup | undefined {
    return this.groups.find((group) => group.number === this.group);
  }

  /** Who is rung first can be chosen: a group is rung before or after the customer alike. */
  get choosesFirst(): boolean {
    const connection = this.chosen;
    if (!connection || !this.#isCustomer) return false;
    return this.ringsGroup !== undefined || can(connection.controls, "customerFirst");
  }

  /** The customer will be rung first. */
  get ringsCustomerFirst(): boolean {
    return this.customerFirst && this.choosesFirst;
  }

  /** What of this the chosen connection cannot do, by the reason. */
  get missing(): ReturnType<typeof missing> {
    const choices = ["customerFirst", "groupCallback"] as const;
    const offered = this.preview?.connections.some(({ controls }) => choices.some((choice) => can(controls, choice)));
    // Where no connection has any of it nobody misses it.
    if (!this.chosen || !this.#isCustomer || !offered) return [];
    // Where a group is rung, the customer can be rung before it all the same.
    const asked = this.chosen.controls.filter(({ ability }) => ability !== "customerFirst" || !this.choosesFirst);
    return missing(asked);
  }

  /** This connection could ring a group, and there is none for which the person here may call back. */
  get lacksGroups(): boolean {
    const connection = this.chosen;
    return (
      connection !== undefined &&
      this.#isCustomer &&
      can(connection.controls, "groupCallback") &&
      connection.groups.length === 0
    );
  }

  get #isCustomer(): boolean {
    return this.preview?.number.kind === "phone";
  }

  /** Everything is there for a call. */
  get ready(): boolean {
    return this.current && (this.preview?.connections.length ?? 0) > 0 && !this.placing;
  }

  /** A person types. */
  async type(text: string): Promise<void> {
    this.origin = "typed";
    await this.#take(text);
  }

  /** Shows what a number would dial, and through which connection where that is known; the empty text invites to type. */
  async show(text: string, origin: DialOrigin = "clicked", through?: DialConnectionRef): Promise<void> {
    this.origin = origin;
    this.connection = through && connectionKey(through);
    this.#ownPhoneFirst();
    this.shown = true;
    this.shows++;
    // What was typed is no word about a number that comes from elsewhere.
    this.#preview = undefined;
    await this.#take(text);
  }

  /** Enter alone does not call: nobody typed the number, or calling it may be regretted. */
  get asks(): boolean {
    return this.origin === "program" || (this.preview?.asks ?? false);
  }

  /** Calls. A second click while the first is under way is the same command. */
  async confirm(): Promise<void> {
    const preview = this.preview;
    if (!preview || !this.ready) return;
    const command = this.#command;
    const [through, group] = [this.chosen, this.ringsGroup];
    this.placing = true;
    this.error = undefined;
    try {
      await this.platform.placeCall({
        command,
        number: preview.number,
        ...(through && { office: through.office, connection: through.connection }),
        ...(group && { group: group.number }),
        ...(this.ringsCustomerFirst && { customerFirst: true }),
      });
      // Another number may have come meanwhile: that is another command.
      if (command === this.#command) this.cancel();
    } catch (thrown) {
      if (command !== this.#command) return;
      this.error = toContractError(thrown);
      // A refusal ends the command. Where it is not known whether the PBX acted, asking again must not call twice.
      if (this.error.code !== "unknownOutcome") this.#command = newCommand();
    } finally {
      this.placing = false;
    }
  }

  /** Puts everything away. */
  cancel(): void {
    this.clear();
    this.shown = false;
  }

  /** Leaves the field empty. */
  clear(): void {
    this.#asked++;
    this.text = "";
    this.origin = "typed";
    this.error = undefined;
    this.connection = undefined;
    this.#ownPhoneFirst();
    this.#preview = undefined;
    this.#command = newCommand();
  }

  /** Each call begins with one's own phone, whatever was chosen for the one before: nobody is rung by a habit. */
  #ownPhoneFirst(): void {
    this.group = undefined;
    this.customerFirst = false;
  }

  async #take(text: string): Promise<void> {
    const asked = ++this.#asked;
    const of = text.trim();
    if (of !== this.text.trim()) this.#command = newCommand();
    this.text = text;
    this.error = undefined;
    if (!this.isNumber) {
      this.#preview = undefined;
      return;
    }
    this.shown = true;
    try {
      const view = await this.platform.previewDial({ text: of });
      if (asked !== this.#asked) return;
      // A link is no way to write a number: the field shows it as people do.
      if (this.origin === "program") this.text = view.display;
      this.#preview = { of: this.text.trim(), view };
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.#preview = undefined;
      this.error = toContractError(thrown);
    }
  }
}
