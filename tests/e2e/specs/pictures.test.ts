//! Pictures of every page in both languages and themes, each pixel as two of the screen, over made-up data at one moment.
//! `TRUBKA_SCREENS=1` renews those of the documentation, for which ImageMagick's `convert` makes them small.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Desktop } from '../harness/desktop.ts';
import { Pages, type Size } from '../harness/pages.ts';
import { colours } from '../harness/png.ts';
import { output } from '../harness/process.ts';

const renewing = process.env.TRUBKA_SCREENS === '1';
const folder = renewing ? path.resolve('../../docs/screens') : path.join(output, 'pictures');
mkdirSync(folder, { recursive: true });

/** A page of one colour, or of a few bars before anything was drawn, has fewer. */
const FEWEST_COLOURS = 40;

const USUAL: Size = { width: 1240, height: 780 };
const LAPTOP: Size = { width: 1366, height: 768 };
const SMALL: Size = { width: 880, height: 560 };
/** Width of the card's window. */
const CARD = 416;

/** Phases of a card, and what their pictures are called. */
const PHASES = {
  ringing: 'ringing',
  talking: 'talking',
  onHold: 'on-hold',
  pickUpYourPhone: 'pick-up',
  calling: 'calling',
  answeredBy: 'answered-by',
  missed: 'missed',
  ended: 'ended',
};

const variants = (['ru', 'en'] as const).flatMap((lang) =>
  (['light', 'dark'] as const).map((theme) => ({ lang, theme })),
);

let desktop: Desktop;
let pages: Pages;

beforeAll(async () => {
  desktop = new Desktop('pictures');
  await desktop.startScreen(2900, 1900, 0);
  pages = await Pages.start(desktop);
}, 120_000);

afterAll(async () => {
  await pages?.stop();
  await desktop?.stop();
});

describe.each(variants)('$lang $theme', ({ lang, theme }) => {
  async function picture(name: string, width: number, selector?: string): Promise<void> {
    await pages.settled();
    expect.soft(await pages.objections(), name).toEqual([]);
    expect.soft(await pages.tooWide(), name).toBeLessThanOrEqual(0);
    const file = path.join(folder, `${lang}-${theme}-${name}.png`);
    await pages.picture(file, selector);
    const shown = readFileSync(file);
    expect(shown.readUInt32BE(16), `${file} shows each pixel as two`).toBe(2 * width);
    expect(colours(shown).size, file).toBeGreaterThan(FEWEST_COLOURS);
    if (renewing) execFileSync('convert', [file, '+dither', '-colors', '128', '-strip', `PNG8:${file}`]);
  }

  const open = (asked: Record<string, string>, size: Size) => pages.open({ lang, theme, ...asked }, size);

  test('the first screen', async () => {
    await open({ stage: 'welcome' }, USUAL);
    await pages.find('start-demo');
    await picture('welcome', USUAL.width);
  });

  test('connecting a PBX, with a step that fails', async () => {
    await open({ stage: 'welcome' }, USUAL);
    await pages.click('connect-own');
    await pages.find('wizard-make-mango-client');
    await picture('wizard-makes', USUAL.width);
    await pages.click('wizard-make-mango-client');
    await pages.type('wizard-key-token', 'wrong');
    await picture('wizard-keys', USUAL.width);
    await pages.click('wizard-next');
    await pages.type('wizard-phone', '202');
    await picture('wizard-phone', USUAL.width);
    await pages.click('wizard-next');
    await pages.browser.$('[data-testid="wizard-check-key"][data-state="failed"]').waitForExist();
    await picture('wizard-check', USUAL.width);
    await pages.resize(SMALL);
    await picture('wizard-check-small', SMALL.width);
    await pages.resize(USUAL);
    await pages.type('wizard-key-token', 'right');
    await pages.click('wizard-again');
    await pages.browser.$('[data-testid="wizard-check-live"][data-state="passed"]').waitForExist();
    await pages.click('wizard-save');
    await pages.find('wizard-call');
    await picture('wizard-done', USUAL.width);
  });

  test('calls, with a recording that is listened to', async () => {
    await open({}, USUAL);
    await pages.browser.$('[data-testid="call-row"]').click();
    await pages.find('call-outcome');
    await picture('calls', USUAL.width);
    await open({ names: 'long' }, SMALL);
    await pages.find('call-row');
    await picture('calls-small', SMALL.width);
    await open({}, LAPTOP);
    await pages.find('call-row');
    await picture('calls-laptop', LAPTOP.width);
    await open({ fail: 'storage' }, USUAL);
    await pages.find('error');
    await picture('error', USUAL.width);
  });

  test('what goes on, also without the office', async () => {
    await open({}, USUAL);
    await pages.click('nav-now');
    await pages.find('open-call');
    await picture('now', USUAL.width);
    await open({ names: 'long' }, SMALL);
    await pages.click('nav-now');
    await pages.find('open-call');
    await picture('now-small', SMALL.width);
    await open({ link: 'lost' }, USUAL);
    await pages.click('nav-now');
    await pages.find('connection-bar');
    await picture('now-lost', USUAL.width);
    await open({ link: 'lost', names: 'long' }, SMALL);
    await pages.click('nav-now');
    await pages.find('connection-bar');
    await picture('now-lost-small', SMALL.width);
  });

  test('the field: commands, people, a number, a warning, nothing', async () => {
    await open({}, USUAL);
    await pages.click('command-input');
    await pages.find('command-result');
    await picture('field-commands', USUAL.width);
    await pages.type('command-input', lang === 'ru' ? 'моро' : 'morr');
    await pages.browser.$('[data-kind="person"]').waitForExist();
    await picture('field-letters', USUAL.width);
    await open({}, USUAL);
    await pages.type('command-input', '8 900 123-45-67');
    await pages.browser.$('[data-kind="call"]').waitForExist();
    await picture('field-number', USUAL.width);
    // Another way can ring a group of the office.
    await pages.browser.$('[data-testid="dial-way"]').selectByIndex(1);
    await pages.browser.$('[data-testid="dial-group"]').selectByIndex(1);
    await pages.find('dial-first');
    await picture('field-group', USUAL.width);
    await open({}, USUAL);
    await pages.type('command-input', '+49 30 123456');
    await pages.find('dial-number');
    await picture('field-warning', USUAL.width);
    await open({}, USUAL);
    await pages.type('command-input', 'zzzz');
    await pages.find('empty');
    await picture('field-nothing', USUAL.width);
  });

  test('why a call had no card', async () => {
    await open({}, USUAL);
    await pages.click('nav-diagnostics');
    await pages.find('without-card');
    await pages.browser.$('[data-cause="deskAway"]').click();
    await pages.find('path-cause');
    await picture('diagnostics', USUAL.width);
    await open({}, SMALL);
    await pages.click('nav-diagnostics');
    await pages.browser.$('[data-cause="lineOfOtherGroups"]').click();
    await pages.find('path-cause');
    await picture('diagnostics-small', SMALL.width);
  });

  test('settings', async () => {
    await open({}, USUAL);
    await pages.click('nav-settings');
    await pages.find('demo-pbxs');
    await picture('settings', USUAL.width);
    await open({}, SMALL);
    await pages.click('nav-settings');
    await pages.find('demo-pbxs');
    await picture('settings-small', SMALL.width);
  });

  test('larger text: half as much again, as the system asks for it', async () => {
    // The same window in fewer CSS pixels.
    const large: Size = { width: Math.round(USUAL.width / 1.5), height: Math.round(USUAL.height / 1.5) };
    for (const view of ['calls', 'now', 'settings'] as const) {
      await open({ names: 'long' }, large);
      await pages.click(`nav-${view}`);
      await pages.find(view === 'calls' ? 'call-row' : view === 'now' ? 'open-call' : 'settings-corner');
      await picture(`${view}-text-150`, large.width);
    }
  });

  test('a card with the longest names', async () => {
    await pages.openCards({ lang, theme, names: 'long', phases: 'ringing' }, CARD);
    await pages.find('call-card');
    await picture('card-long-names', CARD, 'main');
  });

  test.each(Object.entries(PHASES))('the card %s', async (phase, name) => {
    await pages.openCards({ lang, theme, phases: phase }, CARD);
    await pages.find('call-card');
    await picture(`card-${name}`, CARD, 'main');
  });
});
