//! The staged check of a connection in the real window of an administrator, from without TLS to the allow-list, against the
//! simulated Rostelecom.

import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Office } from '../harness/office.ts';
import { until } from '../harness/process.ts';
import { join } from '../harness/sign-in.ts';
import { tlsFile } from '../harness/testHost.ts';
import { Trubka } from '../harness/trubka.ts';

let office: Office;
let trubka: Trubka;

beforeAll(async () => {
  office = await Office.start('Sales', { https: true, testHost: true });
  const link = office.invite('Anna', 'admin', '--extension', 'rt1:203');
  trubka = await Trubka.start({ name: 'staged-check', args: [link] });
  await join(trubka);
  await trubka.click('nav-diagnostics');
  await trubka.click('diagnostics-state');
  await until('the connection is there', () => opener().isExisting());
  await opener().click();
  await trubka.find('stage-shown');
}, 90_000);

afterAll(async () => {
  await trubka?.stop();
  await office?.stop();
});

/** The button of the connection to Rostelecom. */
function opener() {
  return trubka.browser.$('[data-connection="rt1"] [data-testid="staged-open"]');
}

/** The stages, each with where it stands. */
function states(): Promise<string[]> {
  return trubka.browser.execute(() =>
    [...document.querySelectorAll<HTMLElement>('[data-testid="stage"]')].map(
      ({ dataset }) => `${dataset.stage} ${dataset.state}`,
    ),
  );
}

/** What is missing or wrong at the stage that is shown, each with its cause. */
function open(): Promise<string[]> {
  return trubka.browser.execute(() =>
    [...document.querySelectorAll<HTMLElement>('[data-testid="stage-proof"]')]
      .filter(({ dataset }) => dataset.state !== 'passed')
      .map(({ dataset }) => `${dataset.proof} ${dataset.cause}`),
  );
}

async function choose(stage: string): Promise<void> {
  await (await trubka.browser.$(`[data-testid="stage"][data-stage="${stage}"]`)).click();
  await until(`${stage} is shown`, () =>
    trubka.browser.$(`[data-testid="stage-shown"][data-stage="${stage}"]`).isExisting(),
  );
}

async function run(): Promise<void> {
  await trubka.click('stage-run');
  await until('it has run', async () => (await trubka.find('stage-run')).isEnabled());
  // Halfway back to its own colour the button has no contrast that counts.
  await until('colours stand still', () =>
    trubka.browser.execute(() => !document.getAnimations().some((one) => one instanceof CSSTransition)),
  );
}

async function passed(stage: string): Promise<void> {
  await until(`${stage} is passed`, async () => (await states()).includes(`${stage} passed`), 30_000);
  expect(await open()).toEqual([]);
  expect(await trubka.objections()).toEqual([]);
}

/** A notification of the PBX, over TLS and signed with its key where nothing else is said; how it was answered. */
function notify(session: string, how: { key?: string; plain?: boolean } = {}): Promise<number | undefined> {
  const { key = office.rostelecom.key, plain = false } = how;
  const now = new Date().toISOString().replace('T', ' ').replace('Z', '');
  const event = { session_id: session, timestamp: now, type: 'incoming', state: 'new' };
  const body = JSON.stringify({ ...event, from_number: '+79001234567', request_number: '+74951234567' });
  const { client_id } = office.rostelecom;
  const sign = createHash('sha256').update(client_id).update(body).update(key).digest('hex');
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'X-Client-ID': client_id, 'X-Client-Sign': sign };
    const url = new URL('/hook/rt1/call_events', office.address);
    const taken = (answer: IncomingMessage) => {
      answer.resume();
      resolve(answer.statusCode);
    };
    const asked = { method: 'POST', headers };
    const sent = plain
      ? http.request(`http://${url.host}${url.pathname}`, asked, taken)
      : https.request(url, { ...asked, ca: readFileSync(tlsFile('ca.pem')) }, taken);
    sent.once('error', reject);
    sent.end(body);
  });
}

test('without TLS: trial mode begins once it was said what it does, and messages go both ways', async () => {
  expect(await states()).toEqual(['plain current', 'signature later', 'tls later', 'live later', 'allowList later']);
  expect(await open()).toEqual(['plainNotification trialIsOff', 'plainRequest notAsked']);
  expect(await trubka.objections()).toEqual([]);
  await trubka.click('stage-mend');
  expect(await trubka.text('trial-question')).toContain('Agents will not see new calls of this connection');
  expect(await open()).toContain('plainNotification trialIsOff');
  expect(await trubka.objections()).toEqual([]);
  await trubka.click('trial-confirm');
  await until('trial mode is on', async () => (await open()).includes('plainNotification noNotification'));
  expect(await trubka.has('trial-question')).toBe(false);
  expect(await notify('s0', { plain: true })).toBe(200);
  await run();
  await passed('plain');
}, 60_000);

test('signature: a notification with another key is refused and named, one with ours is right', async () => {
  await choose('signature');
  expect(await notify('s1', { key: 'f'.repeat(32) })).toBe(403);
  await until('it is refused', async () => (await open()).includes('signature notificationRefused'));
  expect(await trubka.text('staged-check')).toContain('signature did not match');
  expect(await notify('s2')).toBe(200);
  await run();
  await passed('signature');
}, 60_000);

test('TLS: trial mode is ended, our own message and one of the PBX come encrypted', async () => {
  await choose('tls');
  await until('trial mode is still on', async () => (await open()).includes('trialOff trialIsOn'));
  await trubka.click('stage-mend');
  await until('trial mode is off', async () => !(await open()).includes('trialOff trialIsOn'));
  await run();
  expect(await trubka.has('test-passed')).toBe(true);
  await notify('s3');
  await passed('tls');
  await trubka.click('copy-certificate');
  await until(
    'it is copied',
    async () => (await (await trubka.find('copy-certificate')).getAttribute('data-done')) === 'copied',
  );
  await trubka.click('keep-certificate');
  const file = await trubka.text('certificate-file');
  expect(file).toMatch(/trubka-certificate-[-0-9]+\.pem$/);
  expect(readFileSync(file, 'utf8').trim()).toContain(readFileSync(tlsFile('cert.pem'), 'utf8').trim());
  expect(await trubka.objections()).toEqual([]);
  rmSync(file);
}, 60_000);

test('live, and with the allow-list: what comes after the stage was begun counts', async () => {
  for (const [stage, waits] of [
    ['live', 'realCall noCall'],
    ['allowList', 'notification noNotification'],
  ] as const) {
    await choose(stage);
    await run();
    expect(await open()).toEqual([waits]);
    await notify(`after-${stage}`);
    await passed(stage);
  }
  expect(await states()).toEqual(['plain', 'signature', 'tls', 'live', 'allowList'].map((stage) => `${stage} passed`));
  expect(await trubka.text('stage-address')).toBe('127.0.0.1');
  await trubka.browser.keys(['Escape']);
  await trubka.find('staged-open');
}, 60_000);
