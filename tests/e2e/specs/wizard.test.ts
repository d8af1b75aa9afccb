//! An own office, connected on the screen: one step of the check fails on the way and is mended, and the next start
//! rings again without a question.

import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, program, start, until, type Running } from '../harness/process.ts';
import { newProfile, Trubka } from '../harness/trubka.ts';

interface Access {
  url: string;
  token: string;
  api_key: string;
  password: string;
}
type Make = 'mango-client' | 'era' | 'ringcloud';
const MAKES: Make[] = ['mango-client', 'era', 'ringcloud'];

const profile = newProfile();
let simulator: Running;
let pbx: Record<Make, Access>;
let trubka: Trubka;

beforeAll(async () => {
  const ports = await Promise.all(MAKES.map(async (make) => [`--${make}`, `127.0.0.1:${await freePort()}`]));
  simulator = start('simulator', program('TRUBKA_SIMULATOR_BIN'), ['serve', '--seed', '7', '--json', ...ports.flat()]);
  pbx = JSON.parse(await simulator.firstLine) as Record<Make, Access>;
  trubka = await Trubka.start({ name: 'wizard', profile });
  await trubka.main();
});

afterAll(async () => {
  await trubka?.stop();
  await simulator?.stop();
  rmSync(profile, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  await trubka.stop();
  trubka = await Trubka.start({ name: 'wizard', profile });
  await trubka.main();
}

async function stepStatus(testid: string): Promise<string | null> {
  return (await trubka.find(testid)).getAttribute('data-state');
}

async function stepIs(step: string, state: string): Promise<void> {
  const testid = `wizard-check-${step}`;
  await until(`the step ${step} is ${state}`, async () => (await stepStatus(testid)) === state, 40_000);
}

/** Waits until the check lets go on, and connects. */
async function save(): Promise<void> {
  await until('the check has passed', async () => (await trubka.find('wizard-save')).isEnabled(), 90_000);
  await trubka.click('wizard-save');
  await trubka.find('wizard-finish');
}

async function play(make: Make, line: object): Promise<void> {
  const origin = new URL(pbx[make].url).origin;
  const answer = await fetch(`${origin}/_simulator/play`, { method: 'POST', body: JSON.stringify({ make, ...line }) });
  if (!answer.ok) throw new Error(await answer.text());
}

/** A call comes in at my phone, its card shows it, and it ends. */
async function ringsAndEnds(make: Make, from: string, name: RegExp): Promise<void> {
  await play(make, { call: 'missed', from, to: '202', ring: '6s' });
  await trubka.card();
  await trubka.cardIs('ringing');
  expect(await trubka.text('call-card-name')).toMatch(name);
  await trubka.cardIs('ended', 30_000);
  await trubka.main();
}

async function listedCalls(): Promise<string> {
  return trubka.browser.$('main').getText();
}

async function begin(make: Make, keys: Record<string, string>, address: string): Promise<void> {
  await trubka.click(`wizard-make-${make}`);
  for (const [name, value] of Object.entries(keys)) await trubka.type(`wizard-key-${name}`, value);
  await trubka.type('wizard-address', address);
}

test('a wrong key is named at its step, mended there, and the office is connected', async () => {
  const { url, token } = pbx['mango-client'];
  await trubka.click('connect-own');
  await begin('mango-client', { token: 'somebody-elses' }, url);
  await trubka.click('wizard-next');
  await trubka.type('wizard-phone', '202');
  await trubka.type('wizard-name', 'Peter');
  await trubka.click('wizard-next');
  await stepIs('key', 'failed');
  await stepIs('address', 'passed');
  expect(await trubka.objections()).toEqual([]);
  await trubka.type('wizard-key-token', token);
  await trubka.click('wizard-again');
  await stepIs('live', 'passed');
  await save();
});

test('it ends with a real card', async () => {
  await until('the PBX is connected', async () => (await stepStatus('wizard-connected')) === 'passed', 30_000);
  expect(await stepStatus('wizard-card')).toBe('waiting');
  await play('mango-client', { call: 'missed', from: '+79001234567', to: '202', ring: '8s' });
  await trubka.card();
  await trubka.cardIs('ringing');
  await trubka.main();
  const came = async () => (await trubka.find('wizard-call')).getAttribute('data-came');
  await until('the wizard has seen the call', async () => (await came()) === 'true');
  await until('and its card', async () => (await stepStatus('wizard-card')) === 'passed');
  expect(await trubka.objections()).toEqual([]);
  await trubka.card();
  await trubka.cardIs('ended', 30_000);
  await trubka.main();
  await trubka.find('wizard-works');
  await trubka.click('wizard-finish');
});

test('the next start rings again without a question', async () => {
  await restart();
  await until('all is connected', async () => /all connected/i.test(await trubka.text('connection-state')), 30_000);
  expect(await trubka.has('wizard')).toBe(false);
  await ringsAndEnds('mango-client', '+79001234568', /900 123-45-68/);
});

test('Era is connected beside it, its address mended on the way', async () => {
  await trubka.click('nav-settings');
  await trubka.click('own-add');
  await begin('era', { token: pbx.era.token }, `http://127.0.0.1:${await freePort()}`);
  await (await trubka.find('wizard-kind')).selectByAttribute('value', 'token');
  await trubka.click('wizard-next');
  await trubka.type('wizard-phone', '202');
  await trubka.click('wizard-next');
  await stepIs('address', 'failed');
  await trubka.type('wizard-mend-address', pbx.era.url);
  await trubka.click('wizard-again');
  await stepIs('live', 'passed');
  await save();
  await ringsAndEnds('era', '+79001234569', /900 123-45-69/);
  const came = async () => (await trubka.find('wizard-call')).getAttribute('data-came');
  await until('the wizard has seen the call', async () => (await came()) === 'true');
  await trubka.click('wizard-finish');
});

test('RingCloud is connected, its password mended on the way', async () => {
  const { url, api_key, password } = pbx.ringcloud;
  await trubka.click('nav-settings');
  await trubka.click('own-add');
  await begin('ringcloud', { api_key, password: 'wrong' }, url);
  await trubka.click('wizard-next');
  await trubka.type('wizard-phone', '202');
  await trubka.click('wizard-next');
  await stepIs('key', 'failed');
  await trubka.type('wizard-key-password', password);
  await trubka.click('wizard-again');
  await stepIs('key', 'passed');
  await save();
  await until('it is connected', async () => (await stepStatus('wizard-connected')) === 'passed', 90_000);
  await trubka.click('wizard-finish');
  await restart();
  // RingCloud answers the same question once a minute, and those of the run before count.
  await until('all is connected', async () => /all connected/i.test(await trubka.text('connection-state')), 200_000);
  await trubka.click('nav-settings');
  const listed = async () => trubka.browser.$$('[data-testid="own-connection"]').length;
  await until('three connections are listed', async () => (await listed()) === 3);
  await trubka.click('nav-calls');
  await ringsAndEnds('mango-client', '+79001234571', /900 123-45-71/);
  await ringsAndEnds('era', '+79001234572', /900 123-45-72/);
  // A PBX that is asked tells of its calls within the minute that it wants between two lists.
  await play('ringcloud', { call: 'answered', from: '+79001234573', to: '202', ring: '3s', talk: '100s' });
  await until('its call is listed', async () => (await listedCalls()).includes('900 123-45-73'), 90_000);
}, 480_000);
