//! When a page stands still.

import type { Browser } from 'webdriverio';

/** Longer than anything on a page fades in. */
const LONGEST_FADE_MS = 1000;

/**
 * Waits until what comes or changes has faded in, and the display has drawn it. What counts down is not waited for: it
 * stands still after `at` milliseconds, where they are given.
 */
export async function settled(browser: Browser, at?: number): Promise<void> {
  await browser.execute(
    async (longest, at) => {
      const fades = document
        .getAnimations()
        .filter(({ effect }) => Number(effect?.getComputedTiming().activeDuration) < longest);
      await Promise.allSettled(fades.map(({ finished }) => finished));
      // What is not given arrives as null.
      if (typeof at === 'number') {
        for (const counting of document.getAnimations()) {
          counting.pause();
          counting.currentTime = at;
        }
      }
      // A hidden page is drawn no more.
      const drawn = () => new Promise((resolve) => (document.hidden ? resolve(0) : requestAnimationFrame(resolve)));
      for (let frame = 0; frame < 3; frame++) await drawn();
    },
    LONGEST_FADE_MS,
    at,
  );
}
