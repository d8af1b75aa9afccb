import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../harness/process.ts';
import { plain, Trubka } from '../harness/trubka.ts';

const RECORDED = { make: 'rostelecom', call: 'answered', from: '+79001234567', name: 'Mary Smith' };
const GROUP = { make: 'rostelecom', call: 'group', from: '+79001234568', rings: ['201', '202'], answers: '201' };

/** Phases of a call outlast what a busy computer needs to start the program and a driver, and to look. */
const LONG = '15s';

let trubka: Trubka;

beforeAll(async () => {
  trubka = await Trubka.start({
    name: 'demo',
    script: [
      { at: '1s', ...RECORDED, answers: '202', ring: LONG, talk: LONG, recording: 'order' },
      { at: '45s', ...GROUP, name: 'David Eagle', ring: LONG, talk: LONG },
    ],
  });
});

afterAll(() => trubka?.stop());

test('a call rings, is followed through the talk, and goes away', async () => {
  await trubka.card();
  await trubka.cardIs('ringing');
  expect(await trubka.text('call-card-name')).toBe('Mary Smith');
  expect(await trubka.text('call-card-number')).toContain('+7 900 123-45-67');
  expect(await trubka.text('call-card-line')).toContain('Sales');
  const state = await trubka.find('call-card-state');
  expect(await state.getAttribute('data-direction')).toBe('incoming');
  await trubka.cardIs('talking');
  await trubka.cardIs('ended');
  await until('the card has gone', async () => !(await trubka.has('call-card')), 15_000);
});

test('a colleague who answers turns the card into "answered by", never "missed"', async () => {
  await trubka.card();
  await trubka.cardIs('ringing', 40_000);
  await trubka.cardIs('talking');
  const shown = await trubka.text('call-card-state');
  expect(shown).toContain('Irina');
  expect(shown.toLowerCase()).not.toContain('missed');
  await until('the card has gone', async () => !(await trubka.has('call-card')), 15_000);
});

test('the call stands in the list and is found by a part of its number and of its name', async () => {
  await trubka.main();
  await trubka.click('nav-calls');
  await trubka.find('call-row');
  for (const part of ['2345', 'smit']) {
    await trubka.type('command-input', part);
    await trubka.find('command-result');
    await trubka.browser.keys(['Control', 'Enter']);
    await until(`"${part}" finds the call`, async () => {
      const rows = await trubka.browser.$$('[data-testid="call-row"]').map((row) => row.getProperty('textContent'));
      return rows.length > 0 && rows.some((row) => plain(row).includes('Mary Smith'));
    });
  }
  await trubka.type('command-input', 'zzzz');
  await trubka.find('empty');
  await trubka.type('command-input', '');
  await trubka.browser.keys(['Escape']);
  await trubka.click('search-chip');
  await trubka.find('call-row');
});

test('a recording plays, time advances, and a seek moves it', async () => {
  await trubka.main();
  const play = await trubka.find('recording-play', 60_000);
  await play.click();
  const seconds = async () => {
    const [minutes, rest] = (await trubka.text('player-time')).split('/')[0].trim().split(':');
    return Number(minutes) * 60 + Number(rest);
  };
  await until('the time advances', async () => (await seconds()) >= 2, 30_000);
  expect(await trubka.text('player-time')).toMatch(/^\d+:\d\d \/ 0:3\d$/);

  const slider = await trubka.find('player-seek');
  const { width } = await trubka.browser.getElementRect(await slider.elementId);
  await slider.click({ x: Math.round(width * 0.25), y: 0 });
  await until('the seek has moved it', async () => (await seconds()) >= 20);
  const after = await seconds();
  await until('it goes on from there', async () => (await seconds()) > after);
});

test('dialling shows the number, asks, and rings the own phone first', async () => {
  await trubka.main();
  await trubka.type('command-input', '8 900 123-45-69');
  expect(await trubka.text('dial-number')).toContain('+7 900 123-45-69');
  await trubka.click('dial-confirm');
  await trubka.card();
  const state = await trubka.find('call-card-state');
  expect(await state.getAttribute('data-direction')).toBe('outgoing');
  await until('the card says what to do', async () => /pick up/i.test(await trubka.text('call-card-state')));
  await trubka.cardIs('talking', 30_000);
  await trubka.cardIs('ended', 60_000);
});

test('a number from another program is shown and asked about, never dialled by itself', async () => {
  const began = Date.now();
  const second = trubka.second('tel:+74951234567');
  await new Promise((resolve) => second.child.once('exit', resolve));
  expect(second.child.exitCode).toBe(0);
  expect(Date.now() - began).toBeLessThan(10_000);
  await trubka.main();
  expect(await trubka.text('dial-number')).toContain('+7 495 123-45-67');
  await trubka.click('dial-cancel');
  await trubka.card();
  const numbers = await trubka.browser.$$('[data-testid="call-card-number"]').map((n) => n.getProperty('textContent'));
  expect(numbers.map(plain).filter((number) => number.includes('495 123-45-67'))).toEqual([]);
});
