//! The demo of a PBX that tells nothing by itself: no card, and its calls in the list. And which PBXs a demo can play.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../harness/process.ts';
import { plain, Trubka } from '../harness/trubka.ts';

let trubka: Trubka;

beforeAll(async () => {
  trubka = await Trubka.start({ name: 'demo-late', args: ['--demo', '--make', 'ringcloud'] });
});

afterAll(() => trubka?.stop());

test('calls of RingCloud are in the list', async () => {
  await trubka.main();
  await trubka.click('nav-calls');
  await trubka.find('call-row', 60_000);
});

test('the demo can be told to play every make', async () => {
  await trubka.click('nav-settings');
  const offered = await trubka.find('demo-pbxs');
  for (const title of ['Rostelecom', 'MANGO OFFICE', 'Zadarma', 'Novofon', 'RingCloud', 'Era']) {
    await until(`${title} is offered`, async () => plain(await offered.getProperty('textContent')).includes(title));
  }
  expect(await offered.$$('input[type="checkbox"]').length).toBe(7);
});
