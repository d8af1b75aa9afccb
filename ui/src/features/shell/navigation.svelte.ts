import { tick } from "svelte";
import type { CallRef } from "$generated/CallRef";
import type { Details } from "$features/call/details.svelte";
import type { CallList } from "$features/calls/list.svelte";
import type { CommandField } from "$features/command/field.svelte";
import type { Diagnostics } from "$features/diagnostics/diagnostics.svelte";
import type { Joining } from "$features/join/joining.svelte";
import type { Section } from "$features/settings/sections";
import type { Wizard } from "$features/wizard/wizard.svelte";
import { callKey } from "$lib/calls";
import type { Page } from "./pages";

/** What the main window can be sent to. */
interface Views {
  readonly calls: CallList;
  readonly details: Details;
  readonly field: CommandField;
  readonly wizard: Wizard;
  readonly joining: Joining;
  readonly diagnostics: Diagnostics;
}

/** Which page of the main window is shown, and at which call or section. */
export class Navigation {
  page: Page = $state("calls");
  /** The section of the settings that was asked for last, and the office whose lists are to be open there. */
  wanted: { section: Section; lists?: string } | undefined = $state.raw();
  /** The office whose people were asked for last; the first one where nobody said. */
  peopleOf: string | undefined = $state();

  constructor(private readonly views: Views) {}

  /** What is shown over the views goes. */
  closeOverlays(): void {
    this.views.wizard.close();
    this.views.joining.close();
  }

  /** Shows another view. */
  go(page: Page): void {
    this.closeOverlays();
    this.page = page;
    this.wanted = undefined;
    this.peopleOf = undefined;
  }

  /** Shows a section of the settings. */
  goToSettings(section: Section): void {
    this.closeOverlays();
    this.page = "settings";
    this.wanted = { section };
  }

  /** Shows the lines, groups, names and contacts of an office behind a gateway. */
  goToLists(office: string): void {
    this.goToSettings("offices");
    this.wanted = { section: "offices", lists: office };
  }

  /** Shows the people of an office behind a gateway. */
  goToPeople(office: string): void {
    this.go("people");
    this.peopleOf = office;
  }

  /** Shows a call in the view Calls. */
  openCall(call: CallRef): void {
    this.closeOverlays();
    this.page = "calls";
    void this.views.details.open(call);
  }

  /** Shows a call, and asks to whom it is to go. */
  transfer(call: CallRef): void {
    this.closeOverlays();
    this.page = "calls";
    const [key, opened] = [callKey(call), this.views.details.open(call)];
    this.views.details.sending = key;
    // Once it is shown: where it cannot be sent then, no form opens later under whoever writes something else.
    void opened.then(tick).then(() => {
      if (this.views.details.sending === key) this.views.details.sending = undefined;
    });
  }

  /** Shows why a call had a card or none. */
  explain(call: CallRef): void {
    this.go("diagnostics");
    void this.views.diagnostics.open(call);
  }

  /** Lets the command field have the keyboard. */
  find(): void {
    this.closeOverlays();
    this.views.field.call();
  }

  /** Shows all missed calls. */
  showMissed(): void {
    this.closeOverlays();
    this.page = "calls";
    this.views.calls.clear("missed");
  }

  /** Lists every call that answers to a text. */
  search(text: string): void {
    this.closeOverlays();
    this.page = "calls";
    this.views.calls.search(text);
  }
}
