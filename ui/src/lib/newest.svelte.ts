/** A whole view that arrives both by snapshot and by event: the newer revision wins, whichever comes first. */
export class NewestView<View extends { revision: number }> {
  current: View | undefined = $state.raw();

  /** Takes the view unless a newer one is here; says whether it was taken. */
  accept(view: View): boolean {
    if (this.current && view.revision < this.current.revision) return false;
    this.current = view;
    return true;
  }
}
