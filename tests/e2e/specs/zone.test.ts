import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../harness/process.ts';
import { plain, Trubka } from '../harness/trubka.ts';

/** Web views bring zones along that are years old: this one has had another offset since 2024. */
const ZONE = 'Asia/Almaty';
const HOURS_AGO = 20;

let trubka: Trubka;
let begun: number;

beforeAll(async () => {
  begun = Date.now();
  trubka = await Trubka.start({
    name: 'zone',
    zone: ZONE,
    script: [
      { at: '1s', make: 'rostelecom', call: 'missed', from: '+79001234567', name: 'Mary Smith', ago: `${HOURS_AGO}h` },
    ],
  });
});

afterAll(() => trubka?.stop());

/** What `date` says of these milliseconds. */
function date(ms: number, format: string): string {
  const env = { ...process.env, TZ: ZONE, LC_ALL: 'C' };
  return execFileSync('date', ['-d', `@${Math.floor(ms / 1000)}`, `+${format}`], { env, encoding: 'utf8' }).trim();
}

test('rows and the headings of days agree with the clock of this computer', async () => {
  await trubka.main();
  await trubka.click('nav-calls');
  const row = '//*[@data-testid="call-row"][contains(., "Mary Smith")]';
  await until('the call is listed', () => trubka.browser.$(row).isExisting(), 40_000);
  const now = Date.now();
  const shown = plain(await trubka.browser.$(row).getProperty('textContent'));
  const earliest = begun - HOURS_AGO * 3_600_000;
  const minutes = Math.ceil((now - begun) / 60_000);
  const moments = Array.from({ length: minutes + 1 }, (_, minute) => Math.min(earliest + minute * 60_000, now));
  expect(moments.map((at) => date(at, '%H:%M')).some((time) => shown.includes(time))).toBe(true);

  const headings = await trubka.browser.$$('.heading').map((heading) => heading.getProperty('textContent'));
  const days = moments.map((at) => [date(at, '%-d'), date(at, '%B')]);
  const isOf = (heading: unknown) =>
    days.some((parts) =>
      parts.every((part) => ` ${plain(heading)} `.match(new RegExp(`[^\\p{L}\\d]${part}[^\\p{L}\\d]`, 'u'))),
    );
  expect(headings.some(isOf), plain(headings.join(' | '))).toBe(true);
});
