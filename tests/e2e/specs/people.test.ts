//! An administrator of a gateway in the real window: he joins by the link that `init` printed, connects a PBX by the wizard,
//! invites people one by one and from a table, changes their rights while their desk is open, and takes them back.

import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, listening, program, start, until, type Running } from '../harness/process.ts';
import { newProfile, Trubka } from '../harness/trubka.ts';

interface Rostelecom {
  url: string;
  client_id: string;
  key: string;
}

const folder = mkdtempSync(path.join(tmpdir(), 'trubka-admin-'));
const profiles = { admin: newProfile(), agent: newProfile() };
let gateway: Running;
let simulator: Running;
let pbx: Rostelecom;
/** Carries what the PBX posts, in plain HTTP, to the address that was shown for it. */
let relay: Server;
let hook: string;
let admin: Trubka;
let agent: Trubka | undefined;
let agentLink: string;

/** What a program of the gateway prints. */
const run = (...args: string[]) => execFileSync(program('TRUBKA_GATEWAY_BIN'), args, { encoding: 'utf8' });

beforeAll(async () => {
  const listen = await freePort();
  const office = path.join(folder, 'office');
  const url = `https://localhost:${listen}`;
  const said = run(
    'init',
    office,
    '--url',
    url,
    '--listen',
    `127.0.0.1:${listen}`,
    '--name',
    'Ladoga',
    '--admin',
    'Olga',
  );
  const link = /trubka:\/\/\S+/.exec(said)?.[0] as string;
  gateway = start('people-gateway', program('TRUBKA_GATEWAY_BIN'), [
    'serve',
    '--config',
    path.join(office, 'gateway.toml'),
  ]);
  await listening(listen);
  relay = await carry(run('cert', 'export', '--config', path.join(office, 'gateway.toml')));
  const posts = ['--hook', `http://127.0.0.1:${(relay.address() as AddressInfo).port}/`];
  const made = ['serve', '--seed', '7', '--json', '--rostelecom', `127.0.0.1:${await freePort()}`, ...posts];
  simulator = start('people-simulator', program('TRUBKA_SIMULATOR_BIN'), made);
  pbx = (JSON.parse(await simulator.firstLine) as { rostelecom: Rostelecom }).rostelecom;
  admin = await Trubka.start({ name: 'people-admin', profile: profiles.admin, args: [link] });
  await admin.main();
  await join(admin);
}, 120_000);

afterAll(async () => {
  await agent?.stop();
  await admin?.stop();
  await gateway?.stop();
  await simulator?.stop();
  relay?.close();
  for (const one of [folder, ...Object.values(profiles)]) rmSync(one, { recursive: true, force: true });
});

/** Trusts this certificate of the gateway alone. */
async function carry(ca: string): Promise<Server> {
  const server = createServer((posted, answer) => {
    const { host: _, ...headers } = posted.headers;
    const onward = request(hook, { method: 'POST', headers, ca }, (told) => {
      answer.writeHead(told.statusCode ?? 502, told.headers);
      told.pipe(answer);
    });
    onward.once('error', () => answer.writeHead(502).end());
    posted.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function join(trubka: Trubka): Promise<void> {
  await until('a yes is taken', async () => (await trubka.find('invitation-join')).isEnabled());
  await trubka.click('invitation-join');
  await trubka.find('nav-calls');
}

async function stateOf(testid: string): Promise<string | null> {
  return (await admin.find(testid)).getAttribute('data-state');
}

/** The text of each row of a list, as the page shows it: the driver's own reading leaves out text within marks of direction. */
function rows(testid: string): Promise<string[]> {
  const list = `[data-testid="${testid}"]`;
  return admin.browser.execute(
    (list) => [...document.querySelectorAll<HTMLElement>(list)].map((row) => row.innerText),
    list,
  );
}

/** Everything that can be read in the window, in its fields, too. */
function shown(): Promise<string> {
  return admin.browser.execute(() => {
    const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea');
    return [document.body.innerText, ...[...fields].map(({ value }) => value)].join('\n');
  });
}

/** Clicks in the row of a list that holds this text. */
async function clickIn(list: string, text: string, testid: string): Promise<void> {
  const row = admin.browser.$(`//*[@data-testid="${list}"][contains(., "${text}")]`);
  await row.$(`.//*[@data-testid="${testid}"]`).click();
}

test('a PBX is connected to the gateway by the wizard, a wrong key mended on the way', async () => {
  await admin.click('nav-settings');
  await admin.click('gateway-add');
  await admin.click('wizard-make-rostelecom');
  hook = await admin.text('hook-url');
  expect(hook).toMatch(/^https:\/\/localhost:\d+\/hook\/rostelecom-[0-9a-f]{6}$/);
  await admin.click('hook-copy');
  await until(
    'it is copied',
    async () => (await (await admin.find('hook-copy')).getAttribute('data-done')) === 'copied',
  );
  await admin.type('wizard-key-client_id', pbx.client_id);
  await admin.type('wizard-key-key', 'somebody-elses');
  await admin.type('wizard-address', pbx.url);
  expect(await admin.objections()).toEqual([]);
  await admin.click('wizard-next');
  await admin.click('wizard-next');
  await until('the key is refused', async () => (await stateOf('wizard-check-key')) === 'failed', 40_000);
  await admin.type('wizard-key-key', pbx.key);
  await admin.click('wizard-again');
  await until('the check has passed', async () => (await admin.find('wizard-save')).isEnabled(), 60_000);
  await admin.click('wizard-save');
  // A PBX that posts is heard of with its first call.
  await until('it waits for the first call', async () => (await stateOf('wizard-connected')) === 'running', 30_000);
  expect(await admin.text('hook-url')).toBe(hook);
  await admin.click('wizard-finish');
  await admin.click('nav-settings');
  await admin.find('gateway-connection');
  expect(await admin.objections()).toEqual([]);
});

test('somebody is invited by a link that is shown once, and his desk shows a signed call as a card', async () => {
  const connection = /rostelecom-[0-9a-f]{6}/.exec(await admin.text('gateway-connection'))?.[0] as string;
  await admin.click('nav-people');
  await admin.click('people-invite');
  await admin.type('invite-name', 'Anna');
  await admin.type(`invite-extension-${connection}`, '201');
  await admin.click('rights-save');
  const field = await admin.find('invited-link');
  agentLink = String(await field.getProperty('value'));
  expect(agentLink).toMatch(/^trubka:\/\/join\/localhost:\d+\//);
  await admin.click('invited-copy');
  await until(
    'it is copied',
    async () => (await (await admin.find('invited-copy')).getAttribute('data-done')) === 'copied',
  );
  const code = agentLink.slice(-30);
  expect(await shown()).toContain(code);
  await admin.click('invited-done');
  await until('the link is gone', async () => !(await shown()).includes(code));
  agent = await Trubka.start({ name: 'people-agent', profile: profiles.agent, args: [agentLink] });
  await agent.main();
  await join(agent);
  const live = async () => /all connected|idle|waiting/i.test(await (agent as Trubka).text('connection-state'));
  await until('the office is live', live, 30_000);
  const call = { make: 'rostelecom', call: 'missed', from: '+79001234567', to: '201', ring: '8s' };
  const played = await fetch(`${new URL(pbx.url).origin}/_simulator/play`, {
    method: 'POST',
    body: JSON.stringify(call),
  });
  expect(played.ok).toBe(true);
  await agent.card();
  await agent.cardIs('ringing');
  expect(await agent.text('call-card-name')).toMatch(/900 123-45-67/);
  await agent.main();
}, 120_000);

test('changed rights reach his open desk by themselves, and taking him back ends it', async () => {
  const desk = agent as Trubka;
  const tried = async () => (await rows('person-row')).join('\n');
  await admin.click('nav-calls');
  await admin.click('nav-people');
  await until('he is listed', async () => /Anna/.test(await tried()));
  await clickIn('person-row', 'Anna', 'person-change');
  await (await admin.find('invite-role')).selectByAttribute('value', 'admin');
  await admin.click('rights-save');
  await desk.find('nav-people', 5_000);
  await clickIn('person-row', 'Anna', 'person-remove');
  await admin.click('person-remove-confirm');
  await until('he is gone', async () => !/Anna/.test(await tried()));
  await until(
    'his desk says so',
    async () => /administrator|token|no longer/i.test(await desk.text('connection-bar')),
    10_000,
  );
}, 60_000);

test('the last administrator stays one, and an invitation is taken back', async () => {
  await clickIn('person-row', 'Olga', 'person-remove');
  await admin.click('person-remove-confirm');
  await until('it is refused', async () => /last administrator/.test(await admin.text('error')));
  await clickIn('person-row', 'Olga', 'person-change');
  await (await admin.find('invite-role')).selectByAttribute('value', 'agent');
  await admin.click('rights-save');
  await until('it is refused', async () => /last administrator/.test(await admin.text('error')));
  // What the gateway says now, not what was listed before.
  await admin.click('nav-calls');
  await admin.click('nav-people');
  await until('she is listed', async () => (await rows('person-row')).some((row) => /Olga/.test(row)));
  const olga = (await rows('person-row')).find((row) => /Olga/.test(row));
  expect(olga).toContain('All calls and settings');
});

test('a table is read, its bad line named, everybody invited, and the links kept', async () => {
  const list = path.join(folder, 'people.csv');
  // In the encoding of a Russian spreadsheet.
  const cp1251 = Buffer.from([0xc0, 0xed, 0xed, 0xe0]);
  writeFileSync(list, Buffer.concat([cp1251, Buffer.from(';agent;;\nBoris;boss;;\n')]));
  await admin.click('people-import');
  await (await admin.find('import-file')).addValue(list);
  await until('the line is named', async () => /Line 2.*boss.*Nobody/.test(await admin.text('import-problem')));
  await admin.type('import-text', '');
  await (await admin.find('import-text')).addValue('Anna;agent;;');
  await admin.browser.keys(['Enter']);
  await (await admin.find('import-text')).addValue('Boris;manager;;');
  await admin.click('import-look');
  await until('two are read', async () => (await rows('import-row')).length === 2);
  expect(await admin.objections()).toEqual([]);
  await admin.click('import-invite');
  await admin.click('imported-keep');
  const file = await admin.text('imported-file');
  const kept = readFileSync(file, 'utf8');
  expect(kept.match(/trubka:\/\/join\//g)).toHaveLength(2);
  rmSync(file);
  await admin.click('imported-done');
  await clickIn('invitation-row', 'Boris', 'invitation-revoke');
  await clickIn('invitation-row', 'Boris', 'invitation-confirm');
  await until('it is taken back', async () =>
    (await rows('invitation-row')).some((row) => /Boris.*Taken back/s.test(row)),
  );
});
