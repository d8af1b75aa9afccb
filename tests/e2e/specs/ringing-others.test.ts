//! Calls that somebody else is to take: one that waits in the menu is sent on, a group or the customer is rung first.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { output, until } from '../harness/process.ts';
import { Trubka } from '../harness/trubka.ts';

const folder = path.join(output, 'ringing-others');
mkdirSync(folder, { recursive: true });

/** A customer who stands in the menu until somebody sends him on. */
const WAITING = { make: 'mango-vpbx', call: 'answered', rings: ['203'], menu: '600s', ring: '600s', talk: '60s' };

async function choose(trubka: Trubka, testId: string, value: string): Promise<void> {
  await (await trubka.find(testId)).selectByAttribute('value', value);
}

async function phaseIs(trubka: Trubka, phase: string): Promise<void> {
  await trubka.card();
  await until(
    `the card says ${phase}`,
    async () => {
      const card = trubka.browser.$('[data-testid="call-card"]');
      return (await card.isExisting()) && (await card.getAttribute('data-phase')) === phase;
    },
    60_000,
  );
}

/** In what state the only call that goes on is, as Now shows it. */
async function stateIs(trubka: Trubka, state: string): Promise<void> {
  await until(
    `the call is ${state}`,
    async () => {
      const call = trubka.browser.$('[data-testid="open-call"]');
      return (await call.isExisting()) && (await call.getAttribute('data-state')) === state;
    },
    60_000,
  );
}

const LOOKS = [
  { language: 'ru', theme: 'dark' },
  { language: 'en', theme: 'light' },
] as const;

test.each(LOOKS)(
  'MANGO, $language $theme: a waiting call is sent on, and a group calls a customer back',
  async (look) => {
    const trubka = await Trubka.start({
      name: `ringing-others-${look.language}`,
      args: ['--demo', '--make', 'mango-vpbx'],
      script: [{ at: '1s', ...WAITING, from: '+79001234567', name: 'Mary Smith' }],
      ...look,
    });
    const picture = (name: string) => trubka.picture(path.join(folder, `${look.language}-${look.theme}-${name}.png`));
    try {
      await trubka.main();
      await trubka.click('nav-now');
      await stateIs(trubka, 'queued');
      await trubka.click('call-route');
      await picture('waiting');
      // Escape puts the form away, and the keyboard is where it was.
      await trubka.browser.keys(['Escape']);
      await until('the form has gone', async () => !(await trubka.has('transfer-number')));
      await trubka.browser.keys(['Enter']);
      await trubka.type('transfer-number', '203');
      await (await trubka.find('transfer-route')).waitForEnabled();
      expect(await trubka.text('transfer-preview')).toContain('203');
      await picture('sending-on');
      expect(await trubka.objections()).toEqual([]);
      await trubka.browser.keys(['Enter']);
      await stateIs(trubka, 'ringing');
      await picture('sent-on');

      await trubka.type('command-input', '+7 900 765-43-21');
      await trubka.find('dial-group');
      await choose(trubka, 'dial-group', '500');
      await trubka.find('dial-first');
      await trubka.settled();
      await picture('group');
      expect(await trubka.objections()).toEqual([]);
      await choose(trubka, 'dial-first', 'customer');
      await trubka.settled();
      await picture('group-after-customer');
      await trubka.click('dial-confirm');
      await phaseIs(trubka, 'calling');
      await picture('group-card');
      await phaseIs(trubka, 'answeredBy');
    } finally {
      await trubka.stop();
    }
  },
  240_000,
);

test.each(LOOKS)(
  'Zadarma, $language $theme: the customer is rung first where that is chosen',
  async (look) => {
    const trubka = await Trubka.start({
      name: `customer-first-${look.language}`,
      args: ['--demo', '--make', 'zadarma'],
      script: [],
      ...look,
    });
    const picture = (name: string) => trubka.picture(path.join(folder, `${look.language}-${look.theme}-${name}.png`));
    try {
      await trubka.main();
      await trubka.type('command-input', '+7 900 765-43-21');
      // By keys alone: Alt and the letter, an arrow, Enter.
      await trubka.find('dial-first');
      await trubka.browser.keys(['Alt', 'f']);
      await trubka.browser.keys(['ArrowDown']);
      await trubka.settled();
      await picture('customer-first');
      expect(await trubka.objections()).toEqual([]);
      expect(await trubka.text('dial-missing')).not.toBe('');
      await choose(trubka, 'dial-first', 'customer');
      await trubka.click('dial-confirm');
      await phaseIs(trubka, 'calling');
      await phaseIs(trubka, 'talking');
    } finally {
      await trubka.stop();
    }
  },
  180_000,
);
