//! Trial mode in the real window of an administrator at a gateway with TLS of its own: a call that its PBX tells over plain
//! HTTP makes a marked card at his desk, and nobody else is told of it.

import { get } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Office } from '../harness/office.ts';
import { until } from '../harness/process.ts';
import { join } from '../harness/sign-in.ts';
import { Trubka } from '../harness/trubka.ts';

let office: Office;
let trubka: Trubka;

beforeAll(async () => {
  office = await Office.start('Sales', { https: true, role: 'agent' });
  const link = office.invite('Marina', 'admin', '--extension', 'rt1:203');
  trubka = await Trubka.start({ name: 'trial-mode', args: [link] });
  await join(trubka);
});

afterAll(async () => {
  await trubka?.stop();
  await office?.stop();
});

/** How many calls of the connection the token of an agent shows, whose phone is the same as the administrator's. */
function callsOfAgent(): Promise<number> {
  const headers = { Authorization: `Bearer ${office.token}` };
  return new Promise((resolve, reject) => {
    get(new URL('/v1/calls', office.address), { headers, rejectUnauthorized: false }, (answer) => {
      let body = '';
      answer.on('data', (piece: Buffer) => (body += piece.toString()));
      answer.on('end', () => {
        const { calls } = JSON.parse(body) as { calls: { connection: string }[] };
        resolve(calls.filter(({ connection }) => connection === 'rt1').length);
      });
    }).on('error', reject);
  });
}

/** Whether anybody answers over plain HTTP where the gateway speaks TLS. */
function answersPlain(): Promise<boolean> {
  const plain = office.address.replace('https:', 'http:');
  return fetch(plain).then(
    () => true,
    () => false,
  );
}

test('it is begun once it was said what becomes of the cards of others', async () => {
  expect(await answersPlain()).toBe(false);
  await trubka.click('nav-diagnostics');
  await trubka.click('diagnostics-state');
  await trubka.click('trial-open');
  expect(await trubka.text('trial-mode')).toContain('Agents will not see new calls');
  expect(await trubka.objections()).toEqual([]);
  await trubka.type('trial-hours', '2');
  await trubka.click('trial-confirm');
  expect(await trubka.text('trial-until')).toMatch(/^Trial mode until .* plain HTTP is accepted too$/);
  const address = `${office.address.replace('https:', 'http:')}/hook/rt1`;
  expect(await trubka.text('trial-address')).toBe(address);
  expect(await trubka.objections()).toEqual([]);
});

test('a signed webhook over plain HTTP makes a marked card here, and is told to nobody else', async () => {
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
  expect(await trubka.text('call-card-line')).toMatch(/^Trial call · Sales$/);
  await trubka.cardIs('ended', 20_000);
  await trubka.main();
  await trubka.click('nav-calls');
  const row = await trubka.find('call-row');
  expect(await row.getProperty('textContent')).toContain('Trial call');
  await row.click();
  expect(await trubka.text('call-panel')).toContain('Trial call');
  expect(await trubka.objections()).toEqual([]);
  expect(await callsOfAgent()).toBe(0);
  await trubka.click('nav-diagnostics');
  await trubka.click('diagnostics-journal');
  expect(await trubka.text('journal-plain')).toBe('plain HTTP');
});

test('it is ended by a button, and plain HTTP with it', async () => {
  await trubka.click('diagnostics-state');
  await trubka.click('trial-end');
  await trubka.find('trial-open');
  expect(await answersPlain()).toBe(false);
});
