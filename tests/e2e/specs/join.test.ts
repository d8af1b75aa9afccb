//! Invitations into an office behind a gateway with a certificate of its own: by a link that starts the program, by one
//! that is handed to the running program, by one that is pasted, and by links that are of no use.

import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Office } from '../harness/office.ts';
import { output, until } from '../harness/process.ts';
import { newProfile, Trubka } from '../harness/trubka.ts';

let office: Office;
let trubka: Trubka | undefined;
const profiles: string[] = [];

beforeAll(async () => {
  office = await Office.start('Sales', { https: true });
});

afterEach(async () => {
  await trubka?.stop();
  trubka = undefined;
});

afterAll(async () => {
  await office?.stop();
  for (const profile of profiles) rmSync(profile, { recursive: true, force: true });
});

function profile(): string {
  const made = newProfile();
  profiles.push(made);
  return made;
}

async function start(profile: string, ...args: string[]): Promise<Trubka> {
  trubka = await Trubka.start({ name: 'join', profile, args });
  await trubka.main();
  return trubka;
}

/** Once the half second is over in which nothing may act. */
async function yes(trubka: Trubka): Promise<void> {
  await until('a yes is taken', async () => (await trubka.find('invitation-join')).isEnabled());
  await trubka.click('invitation-join');
  await trubka.find('nav-calls');
  await live(trubka);
}

async function live(trubka: Trubka): Promise<void> {
  const says = async () => /all connected|idle|waiting/i.test(await trubka.text('connection-state'));
  await until('the office is live', says, 30_000);
}

/** What the program has said to its log since the tests began. */
const driverLog = () => readFileSync(path.join(output, 'join-driver.log'), 'utf8');

/** The code of a link, which must stand nowhere. */
const codeOf = (link: string) => /[0-9A-Z]{5}(-[0-9A-Z]{5}){3}/.exec(link)?.[0] as string;

test('a link that starts the program is shown and asked about, and the next start needs no question', async () => {
  const [mine, link] = [profile(), office.invite('Peter', 'agent', '--extension', 'mg1:203')];
  expect(link).toMatch(/^trubka:\/\/join\/127\.0\.0\.1:\d+\/.*\?ca=[0-9a-f]{64}$/);
  let running = await start(mine, link);
  expect(await running.text('invitation-for')).toMatch(/Ladoga.*Peter, 203/);
  expect(await running.text('invitation-host')).toBe(new URL(office.address).host);
  expect(await running.browser.getPageSource()).not.toContain(codeOf(link).slice(0, 5));
  expect(await running.objections()).toEqual([]);
  await yes(running);
  await running.stop();
  running = await start(mine);
  await live(running);
  expect(await running.has('invitation')).toBe(false);
  expect(driverLog()).not.toContain(codeOf(link));
}, 120_000);

test('a link that is handed to the running program is asked about; a no leaves it to be opened again', async () => {
  const link = office.invite('Anna', 'agent', '--extension', 'mg1:202');
  const running = await start(profile());
  await running.find('start-demo');
  const handOver = async () => {
    const second = running.second(link);
    await new Promise((resolve) => second.child.once('exit', resolve));
    expect(second.child.exitCode).toBe(0);
  };
  await handOver();
  expect(await running.text('invitation-for')).toMatch(/Anna, 202/);
  await running.click('invitation-cancel');
  await running.find('start-demo');
  await handOver();
  await yes(running);
  await office.playAtMango({ call: 'missed', from: '+79001234567', to: '202', ring: '6s' });
  await running.card();
  await running.cardIs('ringing');
  expect(driverLog()).not.toContain(codeOf(link));
}, 120_000);

test('a wrong code, a used one, a wrong certificate and half a link say what is wrong', async () => {
  const running = await start(profile());
  const paste = async (link: string, words: RegExp) => {
    await running.type('office-address', link);
    await running.click('office-connect');
    await until(`it says ${words}`, async () => words.test(await running.text('error')), 30_000);
    expect(await running.has('invitation-join')).toBe(false);
    expect(await running.objections()).toEqual([]);
    await running.click('invitation-cancel');
  };
  const link = office.invite('Igor', 'agent', '--extension', 'mg1:201');
  const code = codeOf(link);
  const other = code.startsWith('0') ? `1${code.slice(1)}` : `0${code.slice(1)}`;
  await paste(link.replace(code, other), /does not know this invitation/);
  await paste(link.replace(/ca=..../, 'ca=0000'), /another certificate/);
  await paste(link.replace(/\?ca=.*/, ''), /does not trust the gateway/);
  await paste(link.replace(code, code.slice(0, 12)), /not the whole link/);
  await paste(link.replace('127.0.0.1', 'gateway.invalid'), /address is not found/);
  await paste(link.replace(/:\d+\//, ':1/'), /Nobody answers/);
  await running.type('office-address', link);
  await running.click('office-connect');
  await yes(running);
  await running.click('nav-settings');
  await running.click('office-add');
  await running.type('office-address', link);
  await running.click('office-connect');
  await until('it was used', async () => /used already/.test(await running.text('error')));
}, 120_000);
