//! Every screen of the real program in both languages and themes, looked at and checked; its pictures are in
//! `target/e2e/screens`. Those of the documentation are made by `pictures.test.ts`, where the clock stands still.

import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { looks } from '../harness/album.ts';
import { colours } from '../harness/png.ts';
import { Office } from '../harness/office.ts';
import { output, until } from '../harness/process.ts';
import { Trubka } from '../harness/trubka.ts';

const folder = path.join(output, 'screens');
mkdirSync(folder, { recursive: true });

/** A page of one colour, or of a few bars before anything was drawn, has fewer. */
const FEWEST_COLOURS = 40;

const CUSTOMERS = {
  ru: { maria: 'Мария Ковалёва', dmitry: 'Дмитрий Орлов' },
  en: { maria: 'Mary Smith', dmitry: 'David Eagle' },
};
const LINE = { ru: 'Отдел продаж', en: 'Sales' };

/** One call after the other; the first talk is as long as its recording. */
function script(language: 'ru' | 'en'): object[] {
  const maria = { make: 'rostelecom', from: '+79001234567', name: CUSTOMERS[language].maria };
  const dmitry = { make: 'rostelecom', from: '+79001234568', name: CUSTOMERS[language].dmitry };
  const unknown = { make: 'mango-client', from: '+79161234568' };
  return [
    { at: '1s', ...maria, call: 'answered', answers: '202', ring: '5s', talk: '33768ms', recording: 'order' },
    { at: '46s', ...dmitry, call: 'group', rings: ['201', '202'], answers: '201', ring: '3s', talk: '90s' },
    { at: '57s', ...unknown, call: 'missed', rings: ['202'], ring: '3s' },
  ];
}

const NOTE = { ru: 'Привезти заказ после 18:00', en: 'Deliver the order after 18:00' };

const variants = looks.map(({ lang, theme }) => ({ language: lang, theme }));

/** What is said of the test's own desktop is no part of the pictures. */
async function dismissNotices(trubka: Trubka): Promise<void> {
  const count = async () => (await trubka.browser.$$('[data-testid="notice"]')).length;
  for (let left = await count(); left > 0; left = await count()) {
    await trubka.browser.$('[data-testid="notice"] button').click();
    await until('the notice has gone', async () => (await count()) < left);
  }
}

describe.each(variants)('$language $theme', ({ language, theme }) => {
  const look = `${language}-${theme}`;

  async function picture(trubka: Trubka, name: string): Promise<void> {
    await trubka.settled();
    expect.soft(await trubka.objections(), name).toEqual([]);
    const file = path.join(folder, `${look}-${name}.png`);
    await trubka.picture(file);
    expect(colours(readFileSync(file)).size, file).toBeGreaterThan(FEWEST_COLOURS);
  }

  test('the first start', async () => {
    const trubka = await Trubka.start({ name: `welcome-${look}`, language, theme });
    try {
      await trubka.main();
      await trubka.find('start-demo');
      await dismissNotices(trubka);
      await picture(trubka, 'welcome');
    } finally {
      await trubka.stop();
    }
  });

  test('calls, from ring to recording', { timeout: 180_000 }, async () => {
    const trubka = await Trubka.start({ name: `screens-${look}`, script: script(language), language, theme });
    try {
      await trubka.card();
      for (const [phase, name] of [
        ['ringing', 'card-ringing'],
        ['talking', 'card-talking'],
        ['ended', 'card-ended'],
        ['answeredBy', 'card-answered-by'],
        ['missed', 'card-missed'],
      ] as const) {
        const selector = `[data-testid="call-card"][data-phase="${phase}"]`;
        await until(`a card is ${phase}`, () => trubka.browser.$(selector).isExisting(), 60_000);
        await picture(trubka, name);
      }

      await trubka.click('call-card-dismiss');
      await trubka.main();
      await dismissNotices(trubka);
      await trubka.click('nav-now');
      await trubka.find('open-call');
      await picture(trubka, 'now');

      await trubka.click('nav-calls');
      await trubka.find('recording-play');
      await trubka.browser.$('[data-testid="call-row"]:has([data-testid="recording-play"])').click();
      await trubka.click('note-add');
      await trubka.type('note-text', NOTE[language]);
      await trubka.click('note-save');
      await trubka.find('note');
      await trubka.click('recording-play');
      await trubka.find('player-wave');
      await until('it plays', async () => !(await trubka.text('player-time')).startsWith('0:00'));
      await picture(trubka, 'calls');

      await trubka.click('player-close');
      await trubka.type('command-input', 'zzzz');
      await trubka.find('empty');
      await picture(trubka, 'field-nothing');
      await trubka.type('command-input', language === 'ru' ? 'мар' : 'mar');
      await trubka.browser.$('[data-testid="command-result"][data-kind="person"]').waitForExist();
      await picture(trubka, 'field-letters');
      await trubka.type('command-input', '8 900 123-45-67');
      await trubka.find('dial-last-talk');
      await picture(trubka, 'field-number');
      await trubka.type('command-input', '+44 20 7946 0123');
      await until('it warns', async () => (await trubka.text('dial-number')).startsWith('+44'));
      await picture(trubka, 'field-warning');
      await trubka.click('dial-cancel');

      await trubka.click('nav-settings');
      await trubka.find('connection-row');
      await picture(trubka, 'settings');

      await trubka.type('command-input', '8 900 123-45-69');
      await trubka.click('dial-confirm');
      await trubka.card();
      const selector = '[data-testid="call-card"][data-phase="pickUpYourPhone"]';
      await until('the card says what to do', () => trubka.browser.$(selector).isExisting());
      await picture(trubka, 'card-pick-up');
    } finally {
      await trubka.stop();
    }
  });

  test('an office that does not let in, and one that is lost', async () => {
    const office = await Office.start(LINE[language]);
    const trubka = await Trubka.start({ name: `office-${look}`, language, theme });
    try {
      await trubka.main();
      await dismissNotices(trubka);
      await trubka.type('office-address', office.address);
      await trubka.type('office-token', 'wrong');
      await trubka.click('office-connect');
      await trubka.find('error');
      await picture(trubka, 'error');

      await trubka.type('office-token', office.token);
      await trubka.click('office-connect');
      await trubka.find('nav-calls');
      await office.play({ make: 'rostelecom', call: 'answered', from: '+79001234567', answers: '203', talk: '1s' });
      await trubka.card();
      await trubka.cardIs('ended');
      await until('the card has gone', async () => !(await trubka.has('call-card')));
      await trubka.main();
      await trubka.click('nav-calls');
      await trubka.find('call-row');
      await office.stopGateway();
      await until('the office is lost', async () => {
        const state = await trubka.find('connection-state');
        return (await state.getAttribute('data-state')) === 'lost';
      });
      await dismissNotices(trubka);
      await picture(trubka, 'connection-lost');
    } finally {
      await trubka.stop();
      await office.stop();
    }
  });
});
