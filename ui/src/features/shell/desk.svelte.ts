import { tick } from "svelte";
import type { CallRef } from "$generated/CallRef";
import type { CallsPage } from "$generated/CallsPage";
import type { CallRow } from "$generated/CallRow";
import type { DemoPhoneAction } from "$generated/DemoPhoneAction";
import type { Errand } from "$generated/Errand";
import type { MainView } from "$generated/MainView";
import type { NoticeKind } from "$generated/NoticeKind";
import type { Settings } from "$generated/Settings";
import type { MainPlatform, Unsubscribe } from "$platform/types";
import { Details } from "$features/call/details.svelte";
import { holesOf } from "$features/calls/holes";
import { CallList, FIRST_PAGE } from "$features/calls/list.svelte";
import { CommandField } from "$features/command/field.svelte";
import { Diagnostics } from "$features/diagnostics/diagnostics.svelte";
import { Dial } from "$features/dial/dial.svelte";
import { Joining } from "$features/join/joining.svelte";
import { Player } from "$features/player/player.svelte";
import type { Section } from "$features/settings/sections";
import { Wizard } from "$features/wizard/wizard.svelte";
import { applyAppearance } from "$lib/appearance";
import { callKey, sameCall } from "$lib/calls";
import { Failures } from "$lib/failures.svelte";
import { NewestView } from "$lib/newest.svelte";
import { person } from "$lib/person.svelte";
import { mainText } from "$messages/main";
import { commandsOf } from "./commands";
import { Offices, type OfficeCommand } from "./offices.svelte";
import type { Page } from "./pages";

/** Commands of the main window whose failure is shown above its pages. */
export type DeskCommand =
  | "snapshot"
  | "errandDone"
  | "saveSettings"
  | "dismissNotice"
  | "dismissAway"
  | "demoPhone"
  | "focusCard"
  | OfficeCommand;

/** The main window: what the program around it says, and what a person does there. */
export class Desk {
  page: Page = $state("calls");
  /** The section of the settings that was asked for last. */
  wanted: { section: Section } | undefined = $state.raw();

  readonly failures = new Failures<DeskCommand>();
  readonly offices: Offices;
  readonly calls: CallList;
  readonly details: Details;
  readonly dial: Dial;
  readonly field: CommandField;
  readonly player: Player;
  readonly wizard: Wizard;
  readonly joining: Joining;
  readonly diagnostics: Diagnostics;

  readonly #view = new NewestView<MainView>();
  #subscriptions: Unsubscribe[] = [];
  /** The newest errand that was begun. */
  #errand = 0;

  constructor(readonly platform: MainPlatform) {
    this.offices = new Offices(platform, this.failures, {
      shown: () => this.view,
      added: () => this.calls.reload(),
      moved: (move) => this.#moveTo(move),
      gone: (office) => this.#forget(office),
    });
    this.calls = new CallList(platform);
    this.details = new Details(platform);
    this.dial = new Dial(platform);
    this.field = new CommandField(platform, this.dial, {
      commands: () => commandsOf(this),
      openCall: (call) => this.openCall(call),
      list: (text) => this.search(text),
    });
    this.player = new Player(platform);
    this.wizard = new Wizard(platform);
    this.joining = new Joining(platform, () => this.offices.joins());
    this.diagnostics = new Diagnostics(platform);
  }

  /** What is shown besides lists. */
  get view(): MainView | undefined {
    return this.#view.current;
  }

  /** Subscribes first, then asks for everything that is shown at first. */
  async start(): Promise<void> {
    const { platform } = this;
    let first: CallsPage | undefined;
    await this.failures.run("snapshot", async () => {
      await this.#subscribe();
      const { view, calls } = await platform.startMain(FIRST_PAGE);
      first = calls;
      this.accept(view);
    });
    // Where the page could not be read, asking for it again says why.
    if (first) this.calls.begin(first);
    else await this.calls.reload();
  }

  async #subscribe(): Promise<void> {
    if (this.#subscriptions.length > 0) return;
    this.#subscriptions = await Promise.all([
      this.platform.listen("main", (view) => this.accept(view)),
      this.platform.listen("calls", ({ rows }) => this.#changed(rows)),
    ]);
  }

  /** Ends the subscriptions. */
  stop(): void {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
    this.player.close();
  }

  /** Asks for the snapshot; subscribes, where that has not worked yet. */
  async refresh(): Promise<void> {
    await this.failures.run("snapshot", async () => {
      await this.#subscribe();
      this.accept(await this.platform.mainSnapshot());
    });
  }

  /** Takes a view unless a newer one is here. */
  accept(view: MainView): void {
    if (!this.#view.accept(view)) return;
    applyAppearance(view);
    person.view = view.me;
    this.calls.missing = holesOf(view.offices);
    document.title = mainText().product;
    if (view.errand && view.errand.id > this.#errand) this.#run(view.errand);
  }

  /** Does what the program asks for, once. */
  #run({ id, task }: Errand): void {
    this.#errand = id;
    this.#putAway();
    if (task.kind === "join") this.joining.open();
    else if (task.kind === "dial") void this.dial.show(task.text, task.fromProgram ? "program" : "clicked", task.way);
    else if (task.kind === "transfer") this.transfer(task.call);
    else this.openCall(task.call);
    void this.failures.run("errandDone", () => this.platform.errandDone(id));
  }

  /** What is shown over the views goes. */
  #putAway(): void {
    this.wizard.close();
    this.joining.close();
  }

  /** Shows another view. */
  go(page: Page): void {
    this.#putAway();
    this.page = page;
    this.wanted = undefined;
  }

  /** Shows a section of the settings. */
  goToSettings(section: Section): void {
    this.#putAway();
    this.page = "settings";
    this.wanted = { section };
  }

  /** Shows a call in the view Calls. */
  openCall(call: CallRef): void {
    this.#putAway();
    this.page = "calls";
    void this.details.open(call);
  }

  /** Shows a call, and asks to whom it is to go. */
  transfer(call: CallRef): void {
    this.#putAway();
    this.page = "calls";
    const [key, opened] = [callKey(call), this.details.open(call)];
    this.details.sending = key;
    // Once it is shown: where it cannot be sent then, no form opens later under whoever writes something else.
    void opened.then(tick).then(() => {
      if (this.details.sending === key) this.details.sending = undefined;
    });
  }

  /** Shows why a call had a card or none. */
  explain(call: CallRef): void {
    this.go("diagnostics");
    void this.diagnostics.open(call);
  }

  /** Shows a call and plays its recording. */
  play(row: CallRow): void {
    void this.details.open(row.call);
    void this.player.play(row);
  }

  /** The same from the list; what plays already pauses. */
  playOrPause(row: CallRow): void {
    if (sameCall(this.player.row?.call, row.call) && this.player.opened) this.player.toggle();
    else this.play(row);
  }

  /** Shows a call, and lets its panel have the keyboard. */
  read(row: CallRow): void {
    this.details.show(row);
    this.details.reads++;
  }

  /** Lets the command field have the keyboard. */
  find(): void {
    this.#putAway();
    this.field.call();
  }

  /** Shows all missed calls. */
  showMissed(): void {
    this.#putAway();
    this.page = "calls";
    this.calls.clear("missed");
  }

  /** Lists every call that answers to a text. */
  search(text: string): void {
    this.#putAway();
    this.page = "calls";
    this.calls.search(text);
  }

  /** Keeps what a person has set; says whether that worked. */
  async save(settings: Settings): Promise<boolean> {
    return this.failures.run("saveSettings", () => this.platform.saveSettings(settings));
  }

  /** Puts a notice away. */
  async dismiss(notice: NoticeKind): Promise<void> {
    await this.failures.run("dismissNotice", () => this.platform.dismissNotice(notice));
  }

  /** What came while away has been seen. */
  async dismissAway(): Promise<void> {
    await this.failures.run("dismissAway", () => this.platform.dismissAway());
  }

  /** Gives the keyboard to the card, where one is shown. */
  async focusCard(): Promise<void> {
    await this.failures.run("focusCard", () => this.platform.focusCard());
  }

  /** Does something with the demo phone. */
  async phone(action: DemoPhoneAction): Promise<void> {
    await this.failures.run("demoPhone", () => this.platform.demoPhone(action));
  }

  /**
   * Another office: everything that is shown comes from it. A number that has waited for an office is asked about
   * there.
   */
  async #moveTo(move: () => Promise<void>): Promise<void> {
    const waits = this.dial.shown && this.dial.origin === "program" ? this.dial.text : "";
    await move();
    this.player.close();
    this.field.close();
    this.details.close();
    this.accept(await this.platform.mainSnapshot());
    await this.calls.reload();
    if (waits) void this.dial.show(waits, "program");
  }

  /** Nothing of this office is shown any more. */
  async #forget(office: string): Promise<void> {
    if (this.details.call?.office === office) this.details.close();
    if (this.player.row?.call.office === office) this.player.close();
    await this.calls.reload();
  }

  #changed(rows: CallRow[]): void {
    this.calls.changed(rows);
    this.details.changed(rows);
  }
}
