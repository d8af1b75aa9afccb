import type { MeView } from "$generated/MeView";

/** Who sits here; changing it repaints what speaks of him as of you. */
class CurrentPerson {
  view: MeView | undefined = $state.raw();

  /** Whether a name or an extension is his. */
  is(who: string | undefined): boolean {
    const me = this.view;
    return who !== undefined && me !== undefined && (who === me.name || me.extensions.includes(who));
  }
}

export const person = new CurrentPerson();
