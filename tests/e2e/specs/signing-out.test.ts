//! Two people on one computer: the first signs out of an office, and the second sees nothing of what was there before.

import { rmSync } from 'node:fs';
import { request } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Desktop } from '../harness/desktop.ts';
import { join } from '../harness/fresh-gateway.ts';
import { Office } from '../harness/office.ts';
import { until } from '../harness/process.ts';
import { newProfile, Trubka } from '../harness/trubka.ts';

const NUMBER = '+79165550199';
const NOTE = 'only Vera may read this';
const profile = newProfile();
const desktop = new Desktop('signing-out');
let office: Office;
let trubka: Trubka;

beforeAll(async () => {
  await desktop.startScreen(1366, 768, 0);
  await desktop.startBus();
  await desktop.startKeyring();
  office = await Office.start('Sales', { https: true, role: 'admin' });
  const link = office.invite('Vera', 'agent', '--extension', 'mg1:202');
  trubka = await Trubka.start({ name: 'signing-out', profile, desktop, args: [link] });
  await trubka.main();
  await join(trubka);
}, 120_000);

afterAll(async () => {
  await trubka?.stop();
  await office?.stop();
  await desktop.stop();
  rmSync(profile, { recursive: true, force: true });
});

/** The names of what the program keeps in the keyring. */
function kept(): string[] {
  const service = 'dict:string:string:service,app.trubka.desktop';
  const secrets = 'org.freedesktop.secrets';
  const found = desktop.call(
    secrets,
    '/org/freedesktop/secrets',
    'org.freedesktop.Secret.Service.SearchItems',
    service,
  );
  const items = [...found.matchAll(/object path "([^"]+)"/g)].map(([, item]) => item as string);
  return items.map((item) => {
    const asked = ['string:org.freedesktop.Secret.Item', 'string:Attributes'];
    const told = desktop.call(secrets, item, 'org.freedesktop.DBus.Properties.Get', ...asked);
    return /string "username"\s+string "([^"]*)"/.exec(told)?.[1] ?? told;
  });
}

/** Who has a token of the office, as its administrator sees it. */
function people(): Promise<string[]> {
  return new Promise((resolve, reject) => {
    // Its certificate is its own.
    const options = { headers: { Authorization: `Bearer ${office.token}` }, rejectUnauthorized: false };
    const asked = request(new URL('/v1/admin/people', office.address), options, (answer) => {
      let text = '';
      answer.on('data', (piece: Buffer) => (text += piece.toString()));
      answer.on('end', () =>
        resolve((JSON.parse(text) as { people: { name: string }[] }).people.map(({ name }) => name)),
      );
    });
    asked.on('error', reject).end();
  });
}

async function live(): Promise<void> {
  const says = async () => /all connected|idle|waiting/i.test(await trubka.text('connection-state'));
  await until('the office is live', says, 30_000);
}

test('whoever signs out is gone from the window, the keyring and the office', async () => {
  await live();
  await office.playAtMango({ call: 'missed', from: NUMBER, to: '202', ring: '2s' });
  await trubka.click('nav-calls');
  await trubka.click('call-row');
  await trubka.click('note-add');
  await trubka.type('note-text', NOTE);
  await trubka.click('note-save');
  await trubka.find('note');
  const id = new URL(office.address).host;
  expect(kept().some((name) => name.includes(id))).toBe(true);
  expect(await people()).toContain('Vera');

  await trubka.click('nav-settings');
  await trubka.click('office-disconnect');
  await trubka.click('office-disconnect-confirm');
  await trubka.find('start-demo');
  await until('the token is gone', async () => !kept().some((name) => name.includes(id)));
  await until('the office has forgotten this desk', async () => !(await people()).includes('Vera'));
}, 120_000);

test('the next person joins, and sees nothing of the first', async () => {
  const link = office.invite('Peter', 'agent', '--extension', 'mg1:203');
  const second = trubka.second(link);
  await new Promise((resolve) => second.child.once('exit', resolve));
  expect(await trubka.text('invitation-for')).toMatch(/Peter, 203/);
  await join(trubka);
  await live();
  await trubka.click('nav-calls');
  await office.playAtMango({ call: 'missed', from: '+79161234568', to: '203', ring: '2s' });
  await until('his own call is there', async () => (await trubka.rows('call-row')).length > 0, 30_000);
  expect((await trubka.rows('call-row')).join()).not.toContain('555-01-99');
  expect(await trubka.browser.getPageSource()).not.toContain(NOTE);
  await trubka.type('command-input', NUMBER);
  await trubka.find('dial-number');
  expect(await trubka.has('command-result')).toBe(false);
}, 120_000);
