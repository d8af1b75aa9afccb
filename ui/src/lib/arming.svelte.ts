/** How long buttons that appear by themselves wait, so that a click meant for something else does nothing. */
const ARMING_MS = 500;

/** Whether buttons may act: false for half a second after each change of what `key` gives. */
export class Arming {
  armed = $state(false);

  constructor(key: () => unknown) {
    $effect(() => {
      key();
      this.armed = false;
      const timer = setTimeout(() => (this.armed = true), ARMING_MS);
      return () => clearTimeout(timer);
    });
  }
}
