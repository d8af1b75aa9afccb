import type { CardAction } from "$generated/CardAction";
import type { CallRef } from "$generated/CallRef";
import type { CardsView } from "$generated/CardsView";
import type { CardView } from "$generated/CardView";
import type { DemoPhoneAction } from "$generated/DemoPhoneAction";
import type { OutcomeKind } from "$generated/OutcomeKind";
import type { CardPlatform, Unsubscribe } from "$platform/types";
import { applyAppearance } from "$lib/appearance";
import { callKey } from "$lib/calls";
import { newCommand } from "$lib/command";
import { partyNumber, partyTitle } from "$lib/party";
import { NewestView } from "$lib/newest.svelte";
import { cardText } from "$messages/card";

/** Commands of one card. */
export type CardCommand = "act" | "callBack" | "saveNote" | "saveOutcome" | "open" | "dismiss" | "typing";

/** The card window: what it shows and what a person does there. */
export class Cards {
  readonly #view = new NewestView<CardsView>();
  /** What a screen reader says; each ringing call is said once, and again where the next call has the same words. */
  announcement = $state.raw({ words: "", turn: 0 });

  /** The window has the keyboard, so that its keys act. */
  keyed = $state(document.hasFocus());

  #announced = new Set<string>();
  /** Cards that a note is being written on. */
  #writing = 0;
  #subscriptions: Unsubscribe[] = [];

  constructor(private readonly platform: CardPlatform) {}

  /** What is shown. */
  get view(): CardsView | undefined {
    return this.#view.current;
  }

  /** Subscribes first, then asks for the snapshot, so that nothing is missed in between. */
  async start(): Promise<void> {
    this.#subscriptions.push(await this.platform.listen("cards", (view) => this.accept(view)));
    this.accept(await this.platform.cardSnapshot());
  }

  /** Ends the subscriptions. */
  stop(): void {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
  }

  /** Takes a view unless a newer one is here. */
  accept(view: CardsView): void {
    if (!this.#view.accept(view)) return;
    applyAppearance(view);
    this.#announce(view.cards);
    // A window without cards keeps no keyboard.
    if (view.cards.length === 0 && this.keyed) void this.giveBack();
  }

  /** The window has got the keyboard, or has lost it to another one. */
  focused(keyed: boolean): void {
    if (this.keyed && !keyed && this.#writing === 0) void this.platform.cardTyping(false);
    this.keyed = keyed;
  }

  /** Lets who had the keyboard before have it again. */
  async giveBack(): Promise<void> {
    this.keyed = false;
    await this.platform.cardTyping(this.#writing > 0);
  }

  /** Puts a card away. */
  async dismiss(call: CallRef): Promise<void> {
    await this.platform.dismissCard(call);
  }

  /** Calls the party of a card. The desk knows what came of the click before, and whether this one means another call. */
  async callBack(call: CallRef): Promise<void> {
    await this.platform.callBack({ command: newCommand(), call });
  }

  /** Does something with the call of a card; done once the PBX has shown it. */
  async act(call: CallRef, action: CardAction): Promise<void> {
    await this.platform.actOnCard({ command: newCommand(), call, action });
  }

  /** Shows the call in the main window. */
  async open(call: CallRef): Promise<void> {
    await this.platform.showCall(call);
  }

  /** Asks in the main window to whom the call is to go: that window has the room to show a number first. */
  async transfer(call: CallRef): Promise<void> {
    await this.platform.transferCall(call);
  }

  /** Takes the keyboard while a note is being written, and gives it back. */
  async typing(writing: boolean): Promise<void> {
    this.#writing += writing ? 1 : -1;
    await this.platform.cardTyping(this.#writing > 0);
  }

  /** Keeps a note. */
  async saveNote(call: CallRef, text: string): Promise<void> {
    await this.platform.saveCardNote({ call, text });
  }

  /** Keeps how a talk ended. */
  async saveOutcome(call: CallRef, outcome: OutcomeKind): Promise<void> {
    await this.platform.saveCardOutcome({ call, outcome });
  }

  /** Does something with the demo phone. */
  async phone(action: DemoPhoneAction): Promise<void> {
    await this.platform.demoPhone(action);
  }

  #announce(cards: CardView[]): void {
    const shown = new Set(cards.map((card) => callKey(card.call)));
    for (const known of [...this.#announced]) if (!shown.has(known)) this.#announced.delete(known);
    const fresh = cards.filter((card) => card.phase === "ringing" && !this.#announced.has(callKey(card.call)));
    if (fresh.length === 0) return;
    for (const card of fresh) this.#announced.add(callKey(card.call));
    this.announcement = { words: fresh.map(announced).join(". "), turn: this.announcement.turn + 1 };
  }
}

function announced({ party, line }: CardView): string {
  return cardText().announce(partyTitle(party), party.name ? partyNumber(party) : undefined, line);
}
