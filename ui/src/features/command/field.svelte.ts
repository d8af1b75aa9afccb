import type { CallRef } from "$generated/CallRef";
import type { CallRow } from "$generated/CallRow";
import type { LookUpView } from "$generated/LookUpView";
import type { NoteRow } from "$generated/NoteRow";
import type { PersonRow } from "$generated/PersonRow";
import type { MainPlatform } from "$platform/types";
import { Dial } from "$features/dial/dial.svelte";
import { commandText } from "$messages/command";
import { matching, type Command } from "./commands";
import { otherLayout } from "./match";

const TYPING_MS = 100;

/** Something that the field offers besides calling the number in it. */
export type Option =
  | { kind: "person"; person: PersonRow }
  | { kind: "call"; row: CallRow }
  | { kind: "note"; note: NoteRow }
  | { kind: "command"; command: Command };

/** What the rest of the window does for the field. */
export interface Surroundings {
  /** Everything that can be done by name. */
  commands: () => Command[];
  openCall: (call: CallRef) => void;
  /** Lists all calls that match. */
  list: (text: string) => void;
}

/** The one field of the header: a number to call, something to look for, or a command. */
export class CommandField {
  /** The option that Enter means; none while it means the number. */
  active: number | undefined = $state();
  /** Grows each time that the keyboard is to go there. */
  calls = $state(0);

  #found: { of: string; view: LookUpView } | undefined = $state.raw();
  #asked = 0;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly platform: Pick<MainPlatform, "lookUp">,
    readonly dial: Dial,
    private readonly around: Surroundings,
  ) {}

  /** What is typed. */
  get text(): string {
    return this.dial.text;
  }

  /** What the text has found; what was found before stays in sight until that is known. */
  get found(): LookUpView | undefined {
    return this.text.trim() === "" ? undefined : this.#found?.view;
  }

  /** What is shown is what exactly this text finds. */
  get current(): boolean {
    return this.found !== undefined && this.#found?.of === this.text.trim();
  }

  /** Nothing was found, and nothing else can be meant. */
  get nothing(): boolean {
    return this.current && !this.dial.isNumber && !this.options.some((option) => option.kind !== "command");
  }

  /** What is offered, in the order in which it is shown. */
  readonly options: Option[] = $derived.by(() => this.#offered());

  /** Everything of one kind, with its place among all. */
  of<Kind extends Option["kind"]>(kind: Kind): { option: Extract<Option, { kind: Kind }>; index: number }[] {
    return this.options.flatMap((option, index) =>
      option.kind === kind ? [{ option: option as Extract<Option, { kind: Kind }>, index }] : [],
    );
  }

  /** Gives it the keyboard, with what can be done from it. */
  call(): void {
    this.dial.shown = true;
    this.calls++;
  }

  /** A person types. */
  type(text: string): void {
    this.active = undefined;
    this.dial.shown = true;
    void this.dial.type(text);
    clearTimeout(this.#typing);
    const asked = ++this.#asked;
    if (text.trim() === "") {
      this.#found = undefined;
      return;
    }
    this.#looking = new Promise((done) => {
      this.#typing = setTimeout(() => void this.#look(asked).finally(done), TYPING_MS);
    });
  }

  /** Moves among the options; above the first one Enter means the number again. */
  move(by: number): void {
    const last = this.options.length - 1;
    const to = (this.active ?? -1) + by;
    const top = this.dial.isNumber || this.text.trim() === "" ? -1 : 0;
    const next = Math.max(top, Math.min(last, to));
    this.active = next < 0 ? undefined : next;
  }

  /** Enter: does what is chosen once it is known what this text finds; a number is called only when it is shown. */
  async enter(): Promise<void> {
    if (this.active === undefined && this.dial.isNumber) {
      if (this.dial.ready && !this.dial.asks) await this.dial.confirm();
      return;
    }
    const text = this.text;
    if (text.trim() !== "" && !this.current) await this.#looking;
    const option = this.options[this.active ?? (text.trim() === "" ? -1 : 0)];
    if (option && text === this.text) this.choose(option);
  }

  /** Lists every call that matches. */
  listAll(): void {
    const text = this.text.trim();
    if (text === "") return;
    this.close();
    this.around.list(text);
  }

  /** Does what an option offers. Of a person the number is shown first. */
  choose(option: Option): void {
    switch (option.kind) {
      case "person":
        this.#forget();
        void this.dial.show(option.person.party.dial ?? "", "clicked");
        return;
      case "call":
        this.close();
        return this.around.openCall(option.row.call);
      case "note":
        this.close();
        return this.around.openCall(option.note.call);
      case "command":
        if (!option.command.stays) this.close();
        option.command.run();
    }
  }

  /** Leaves it empty and shut. */
  close(): void {
    this.#forget();
    this.dial.cancel();
  }

  /** Leaves it empty. */
  clear(): void {
    this.#forget();
    this.dial.clear();
  }

  #forget(): void {
    clearTimeout(this.#typing);
    this.#asked++;
    this.#found = undefined;
    this.active = undefined;
  }

  async #look(asked: number): Promise<void> {
    const of = this.text.trim();
    // Where the database cannot be read the list of calls says so; here it is as if nothing was found.
    const view = await this.platform.lookUp({ text: of }).catch(() => undefined);
    if (asked !== this.#asked || !view) return;
    this.#found = { of, view };
    if (!this.dial.isNumber) this.active ??= this.options.length > 0 ? 0 : undefined;
  }

  #offered(): Option[] {
    const text = this.text.trim();
    const commands = this.around.commands();
    if (text === "") return commands.map((command) => ({ kind: "command", command }));
    const found = this.found;
    const shown = this.dial.preview?.number.digits;
    const isShown = (person: PersonRow) => this.dial.isNumber && person.party.dial === shown;
    const options: Option[] = [
      ...(found?.people ?? [])
        .filter((person) => !isShown(person))
        .map((person) => ({ kind: "person" as const, person })),
      ...(found?.calls ?? []).map((row) => ({ kind: "call" as const, row })),
      ...(found?.notes ?? []).map((note) => ({ kind: "note" as const, note })),
    ];
    if (this.dial.isNumber) return options;
    const named = matching(commands, text);
    return [
      ...options,
      ...[...named, ...this.#aboutText(text)].map((command) => ({ kind: "command" as const, command })),
    ];
  }

  /** What can be done with any text. */
  #aboutText(text: string): Command[] {
    if ((this.found?.found ?? 0) > 0) {
      const words = commandText().listAll(text);
      return [{ id: "list", icon: "list", words, keys: ["Ctrl", "↵"], run: () => this.around.list(text) }];
    }
    const typed = this.current ? otherLayout(text) : undefined;
    if (typed === undefined) return [];
    return [
      { id: "layout", icon: "search", words: commandText().lookFor(typed), stays: true, run: () => this.type(typed) },
    ];
  }
}
