//! The checker of accessibility that the tests of the pages use, too, in a real window.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'webdriverio';
import type Axe from '../../../ui/node_modules/axe-core/axe.js';

const AXE = readFileSync(path.resolve('../../ui/node_modules/axe-core/axe.min.js'), 'utf8');

/** What axe objects to on the page, colours included: only a real window has them. */
export async function objections(browser: Browser): Promise<string[]> {
  const isLoaded = await browser.execute(() => 'axe' in window);
  if (!isLoaded) await browser.execute(AXE);
  return browser.executeAsync((done: (violations: string[]) => void) => {
    const { axe } = window as unknown as { axe: typeof Axe };
    void axe.run(document.body).then(({ violations }) => {
      done(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`)));
    });
  });
}
