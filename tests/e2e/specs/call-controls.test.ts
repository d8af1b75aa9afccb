//! What can be done with a call from the card and from the main window, on a PBX that takes commands.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../harness/process.ts';
import { Trubka } from '../harness/trubka.ts';

const CALL = { make: 'mango-vpbx', call: 'answered', answers: '202', ring: '15s', talk: '300s' };

let trubka: Trubka;

beforeAll(async () => {
  trubka = await Trubka.start({
    name: 'call-controls',
    args: ['--demo', '--make', 'mango-vpbx'],
    script: [
      { at: '1s', ...CALL, from: '+79001234567', name: 'Mary Smith' },
      { at: '50s', ...CALL, from: '+79001234568', name: 'David Eagle' },
    ],
  });
});

afterAll(() => trubka?.stop());

test('a call is put on hold from its card, and the card says where it is taken back', async () => {
  await trubka.card();
  await trubka.cardIs('ringing', 60_000);
  expect(await trubka.text('call-card')).toContain('Answer on your phone');
  await trubka.cardIs('talking', 40_000);
  // Buttons work half a second after a card has changed.
  await (await trubka.find('call-card-hold')).waitForEnabled();
  await trubka.click('call-card-hold');
  await trubka.cardIs('onHold');
  await until('the reason is there', async () => (await trubka.text('call-card')).includes('on your phone'));
});

test('it is hung up in the main window, and that is the end of it', async () => {
  await trubka.main();
  await trubka.click('nav-now');
  await trubka.click('call-hangup');
  await trubka.card();
  await trubka.cardIs('ended', 30_000);
  await until('the card has gone', async () => !(await trubka.has('call-card')), 15_000);
});

test('a call is transferred to a colleague whose number is shown first', async () => {
  await trubka.card();
  await trubka.cardIs('talking', 100_000);
  await trubka.main();
  await trubka.click('nav-now');
  await trubka.click('call-transfer');
  await trubka.type('transfer-number', '203');
  expect(await trubka.text('transfer-preview')).toContain('203');
  await (await trubka.find('transfer-transferBlind')).waitForEnabled();
  await trubka.click('transfer-transferBlind');
  await trubka.card();
  // The call goes on with the colleague; for this desk it is over.
  await until(
    'the card says that it is over here',
    async () => (await (await trubka.find('call-card')).getAttribute('data-phase')) === 'ended',
    30_000,
  );
}, 180_000);
