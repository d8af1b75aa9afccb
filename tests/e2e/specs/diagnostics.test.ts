//! Why calls had a card or none, in the real window of an administrator at a gateway.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Office } from '../harness/office.ts';
import { until } from '../harness/process.ts';
import { signIn } from '../harness/sign-in.ts';
import { Trubka } from '../harness/trubka.ts';

let office: Office;
let trubka: Trubka;
/** Stands in for what opens folders, where no file manager is on the bus; what it opened is in a file beside it. */
const opener = path.join(mkdtempSync(path.join(tmpdir(), 'trubka-opener-')), 'xdg-open');
const opened = `${opener}.opened`;

beforeAll(async () => {
  writeFileSync(opener, '#!/bin/sh\nprintf %s "$1" > "$0.opened"\n', { mode: 0o755 });
  process.env['PATH'] = `${path.dirname(opener)}:${process.env['PATH']}`;
  office = await Office.start('Sales', { role: 'admin' });
  trubka = await Trubka.start({ name: 'diagnostics' });
  await signIn(trubka, office);
});

afterAll(async () => {
  await trubka?.stop();
  await office?.stop();
  rmSync(path.dirname(opener), { recursive: true, force: true });
});

/** What stands at each place on the way, read at once: the next answer replaces the rows. */
async function hops(): Promise<Record<string, string | undefined>> {
  await trubka.find('card-path');
  const found = await trubka.browser.execute(() =>
    [...document.querySelectorAll<HTMLElement>('[data-testid="hop"]')].map(({ dataset }) => dataset),
  );
  return Object.fromEntries(found.map(({ place, state }) => [place, state]));
}

test('a webhook with a wrong signature stops at the signature', async () => {
  const forged = await fetch(new URL('/hook/rt1/call_events', office.address), {
    method: 'POST',
    headers: { 'X-Client-ID': 'x', 'X-Client-Sign': '0'.repeat(64) },
    body: JSON.stringify({ session_id: 's1', state: 'new', type: 'incoming' }),
  });
  expect(forged.status).toBe(403);
  await trubka.click('nav-diagnostics');
  const refused = await trubka.find('without-card');
  expect(await refused.getAttribute('data-cause')).toBe('refused');
  await refused.click();
  expect(await hops()).toEqual({
    pbx: 'passed',
    signature: 'stopped',
    log: 'notReached',
    office: 'notReached',
    desk: 'notReached',
    card: 'notReached',
  });
  expect(await trubka.objections()).toEqual([]);
  await trubka.click('copy-report');
  await until(
    'it is copied',
    async () => (await (await trubka.find('copy-report')).getAttribute('data-done')) === 'copied',
  );
  await trubka.click('path-mend');
  await trubka.find('settings-language');
});

test('a call with a card came all the way, as its details lead to', async () => {
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
  await trubka.cardIs('ended', 20_000);
  await trubka.main();
  await trubka.click('nav-calls');
  await trubka.click('call-row');
  await trubka.click('why-no-card');
  await until('the card was shown', async () => Object.values(await hops()).every((state) => state === 'passed'));
  expect(await trubka.has('path-cause')).toBe(false);
  expect(await trubka.text('card-path')).toMatch(/\+\d+ ms/);
  await until('it counts among the cards', () => trubka.has('card-speed'));
  expect(await trubka.objections()).toEqual([]);
});

/** Methods of the rows that the journal shows, read at once: the next answer replaces the rows. */
function methods(): Promise<(string | undefined)[]> {
  return trubka.browser.execute(() =>
    [...document.querySelectorAll<HTMLElement>('[data-testid="journal-row"]')].map((row) => row.dataset.method),
  );
}

test('the journal holds both ways and is narrowed, opened, revealed and read again', async () => {
  await trubka.click('nav-diagnostics');
  await trubka.click('diagnostics-journal');
  await until('the webhooks of the call are there', async () => (await methods()).includes('new'));
  expect(await trubka.objections()).toEqual([]);
  await trubka.click('journal-incoming');
  await trubka.click('journal-errors');
  await until('the forged webhook is left', async () => (await methods()).join() === 'call_events');
  await trubka.click('journal-row');
  await trubka.find('journal-outcome');
  await trubka.click('journal-signature');
  await until(
    'its signature is wrong still',
    async () => (await (await trubka.find('journal-signature-says')).getAttribute('data-kind')) === 'wrong',
  );
  expect(await trubka.objections()).toEqual([]);
  await trubka.click('journal-unfilter');
  await until('all are back', async () => (await methods()).length > 3);
  await (await trubka.browser.$('[data-testid="journal-method"]')).selectByAttribute('value', 'new');
  await until('one method is left', async () => [...new Set(await methods())].join() === 'new');
  await trubka.click('journal-row');
  const body = () => trubka.text('journal-request');
  expect(await body()).toContain('+7900•••••67');
  expect(await trubka.objections()).toEqual([]);
  await trubka.click('journal-signature');
  await until(
    'its signature is right',
    async () => (await (await trubka.find('journal-signature-says')).getAttribute('data-kind')) === 'right',
  );
  await trubka.click('journal-curl-copy');
  await until(
    'the command is copied',
    async () => (await (await trubka.find('journal-curl-copy')).getAttribute('data-done')) === 'copied',
  );
  expect(await trubka.text('journal-curl')).toContain('$TRUBKA_X_CLIENT_SIGN');
  await trubka.click('journal-reveal');
  await until('the number is shown', async () => (await body()).includes('+79001234567'));
  await trubka.click('journal-again');
  const replayed = await trubka.find('journal-replay');
  expect(await replayed.getAttribute('data-same')).toBe('true');
  expect(await trubka.text('journal-now')).toContain('call begins');
  expect(await trubka.objections()).toEqual([]);
});

test('what the filter shows is kept in a file, whose folder is shown', async () => {
  await trubka.click('journal-export');
  const file = await trubka.text('journal-file');
  const [head, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\r\n');
  expect(head).toMatch(/^\ufeff"Time","Direction","Connection","Method"/);
  expect(lines).toHaveLength((await methods()).length);
  for (const line of lines) expect(line).toMatch(/"To us","rt1","new","signature matched","200".*\+7900•••••67/);
  await trubka.click('journal-file-show');
  await until('its folder is opened', async () => existsSync(opened));
  expect(readFileSync(opened, 'utf8')).toBe(path.dirname(file));
  expect(await trubka.objections()).toEqual([]);
  rmSync(file);
  await trubka.click('journal-file-show');
  await trubka.find('journal-file-failed');
});

test('an entry leads to the way of its call and to the call, and back', async () => {
  await trubka.click('journal-call');
  await until('the card was shown', async () => Object.values(await hops()).every((state) => state === 'passed'));
  await trubka.click('path-call');
  await trubka.find('call-panel');
  await trubka.click('nav-diagnostics');
  await trubka.click('diagnostics-journal');
  await until('the entry has the focus', () =>
    trubka.browser.execute(() => document.activeElement?.getAttribute('aria-expanded') === 'true'),
  );
});

test('a question is asked again', async () => {
  await trubka.click('journal-unfilter');
  await trubka.click('journal-outgoing');
  const select = () => trubka.browser.$('[data-testid="journal-method"]');
  await until('questions are there', async () => (await methods()).includes('get_record'));
  await (await select()).selectByAttribute('value', 'get_record');
  await until('they alone are left', async () => [...new Set(await methods())].join() === 'get_record');
  await trubka.click('journal-row');
  const again = await trubka.find('journal-again');
  expect(await again.getAttribute('data-how')).toBe('ask');
  const before = (await methods()).length;
  await again.click();
  await trubka.find('journal-asked');
  await until('it is one more', async () => (await methods()).length === before + 1);
  expect(await trubka.objections()).toEqual([]);
});

test('the journal is cleared, and the audit says what was done with it', async () => {
  await trubka.click('journal-clear');
  await trubka.click('journal-clear-confirm');
  await until('nothing is left', async () => (await methods()).length === 0);
  const audit = await fetch(new URL('/v1/admin/audit', office.address), {
    headers: { Authorization: `Bearer ${office.token}` },
  });
  const { entries } = (await audit.json()) as { entries: { action: string }[] };
  expect(entries.map(({ action }) => action).sort()).toEqual([
    'clearJournal',
    'exportedJournal',
    'issuedToken',
    'repeatedRequest',
    'replayedWebhook',
    'revealNumbers',
  ]);
});
