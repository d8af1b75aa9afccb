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
import { Wizard } from "$features/wizard/wizard.svelte";
import { applyAppearance } from "$lib/appearance";
import { sameCall } from "$lib/calls";
import { Failures } from "$lib/failures.svelte";
import { NewestView } from "$lib/newest.svelte";
import { person } from "$lib/person.svelte";
import { mainText } from "$messages/main";
import { commandsOf } from "./commands";
import { Navigation } from "./navigation.svelte";
import { Offices, type OfficeCommand } from "./offices.svelte";

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
  readonly navigation: Navigation;

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
      openCall: (call) => this.navigation.openCall(call),
      list: (text) => this.navigation.search(text),
    });
    this.player = new Player(platform);
    this.wizard = new Wizard(platform);
    this.joining = new Joining(platform, () => this.offices.joins());
    this.diagnostics = new Diagnostics(platform);
    this.navigation = new Navigation(this);
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
    this.navigation.closeOverlays();
    if (task.kind === "join") this.joining.open();
    else if (task.kind === "dial")
      void this.dial.show(task.text, task.fromProgram ? "program" : "clicked", task.connection);
    else if (task.kind === "transfer") this.navigation.transfer(task.call);
    else this.navigation.openCall(task.call);
    void this.failures.run("errandDone", () => this.platform.errandDone(id));
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
