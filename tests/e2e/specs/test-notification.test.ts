//! A test of the way from outside, in the real window of an administrator at a gateway.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Office } from '../harness/office.ts';
import { until } from '../harness/process.ts';
import { signIn } from '../harness/sign-in.ts';
import { Trubka } from '../harness/trubka.ts';

let office: Office;
let trubka: Trubka;

beforeAll(async () => {
  office = await Office.start('Sales', { role: 'admin' });
  trubka = await Trubka.start({ name: 'test-notification' });
  await signIn(trubka, office);
});

afterAll(async () => {
  await trubka?.stop();
  await office?.stop();
});

/** How far the message came, read at once. */
async function stages(): Promise<string[]> {
  await trubka.find('test-report');
  return trubka.browser.execute(() =>
    [...document.querySelectorAll<HTMLElement>('[data-testid="test-stage"]')].map(
      ({ dataset }) => `${dataset.place} ${dataset.state}`,
    ),
  );
}

/** How many calls the list shows. */
async function calls(): Promise<number> {
  await trubka.click('nav-calls');
  await trubka.find('call-row');
  return trubka.browser.execute(() => document.querySelectorAll('[data-testid="call-row"]').length);
}

test('each message goes the whole way, and nobody is rung', async () => {
  const before = await calls();
  await trubka.click('nav-diagnostics');
  await trubka.click('diagnostics-state');
  await trubka.click('test-open');
  const passed = ['name', 'connection', 'answer', 'arrival', 'signature', 'kept'].map((place) => `${place} passed`);
  for (const message of ['new', 'connected', 'end']) {
    await (await trubka.browser.$('[data-testid="test-message"]')).selectByAttribute('value', message);
    await trubka.click('test-send');
    await until('it came all the way', async () => (await stages()).join() === passed.join());
    expect(await trubka.has('test-passed')).toBe(true);
  }
  expect(await trubka.text('test-report')).toContain('/hook/rt1');
  expect(await trubka.objections()).toEqual([]);
  await trubka.card();
  expect(await trubka.has('call-card')).toBe(false);
  await trubka.main();
  expect(await calls()).toBe(before);
});

test('a real call comes up afterwards, and it alone', async () => {
  const before = await calls();
  await office.play({
    make: 'rostelecom',
    call: 'answered',
    from: '+79001234567',
    answers: '203',
    ring: '3s',
    talk: '2s',
  });
  await trubka.card();
  await trubka.cardIs('ringing');
  expect(await trubka.text('call-card-name')).toBe('+7 900 123-45-67');
  await trubka.cardIs('ended', 20_000);
  await trubka.main();
  expect(await calls()).toBe(before + 1);
});

test('the journal tells of the tests', async () => {
  await trubka.click('nav-diagnostics');
  await trubka.click('diagnostics-journal');
  await until('they are there', async () => {
    const methods = await trubka.browser.execute(() =>
      [...document.querySelectorAll<HTMLElement>('[data-testid="journal-row"]')].map((row) => row.dataset.method),
    );
    return methods.filter((method) => method === 'test notification').length === 3;
  });
});
