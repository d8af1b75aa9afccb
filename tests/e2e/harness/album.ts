//! Pictures of pages in both languages and themes, each pixel as two of the screen. `TRUBKA_SCREENS=1` renews those of the
//! documentation, for which ImageMagick's `convert` makes them small.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { Desktop } from './desktop.ts';
import { Pages, type Size } from './pages.ts';
import { colours } from './png.ts';
import { output } from './process.ts';
import { unfit } from './unfit.ts';

export const USUAL: Size = { width: 1240, height: 780 };
export const LAPTOP: Size = { width: 1366, height: 768 };
export const SMALL: Size = { width: 880, height: 560 };
/** The usual window with text half as large again, as the system asks for it: it has fewer CSS pixels. */
export const LARGE_TEXT: Size = { width: Math.round(USUAL.width / 1.5), height: Math.round(USUAL.height / 1.5) };
/** Width of the card's window. */
export const CARD = 416;

/** A language and a theme. */
export interface Look {
  lang: 'ru' | 'en';
  theme: 'light' | 'dark';
}

const renewing = process.env.TRUBKA_SCREENS === '1';

/** All four for the documentation. Without it two: both languages and both themes are seen in half the time. */
export const looks: Look[] = (['ru', 'en'] as const)
  .flatMap((lang) => (['light', 'dark'] as const).map((theme) => ({ lang, theme })))
  .filter(({ lang, theme }) => renewing || (lang === 'ru') === (theme === 'light'));

/** A page of one colour, or of a few bars before anything was drawn, has fewer. */
const FEWEST_COLOURS = 40;

const folder = renewing ? path.resolve('../../docs/screens') : path.join(output, 'pictures');
mkdirSync(folder, { recursive: true });

/** Takes pictures of pages. */
export class Album {
  private constructor(
    readonly pages: Pages,
    private readonly desktop: Desktop,
  ) {}

  static async start(name: string): Promise<Album> {
    const desktop = new Desktop(name);
    await desktop.startScreen(2900, 1900, 0);
    return new Album(await Pages.start(desktop), desktop);
  }

  /** Takes a picture of the page, or of one element of it, and checks what no look at it may find. */
  async take({ lang, theme }: Look, name: string, width: number, selector?: string): Promise<void> {
    await this.pages.settled();
    expect.soft(await this.pages.objections(), name).toEqual([]);
    expect.soft(await unfit(this.pages.browser), name).toEqual([]);
    expect.soft(await this.pages.tooWide(), name).toBeLessThanOrEqual(0);
    const file = path.join(folder, `${lang}-${theme}-${name}.png`);
    await this.pages.picture(file, selector);
    const shown = readFileSync(file);
    expect(shown.readUInt32BE(16), `${file} shows each pixel as two`).toBe(2 * width);
    expect(colours(shown).size, file).toBeGreaterThan(FEWEST_COLOURS);
    if (renewing) execFileSync('convert', [file, '+dither', '-colors', '128', '-strip', `PNG8:${file}`]);
  }

  async stop(): Promise<void> {
    await this.pages.stop();
    await this.desktop.stop();
  }
}
