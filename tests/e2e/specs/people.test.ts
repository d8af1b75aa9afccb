//! An administrator of a gateway in the real window: he joins by the link that `init` printed, connects a PBX by the wizard,
//! invites somebody whose desk shows a call, changes his rights while that desk is open, and takes him back.

import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FreshGateway, join } from '../harness/fresh-gateway.ts';
import { freePort, program, start, until, type Running } from '../harness/process.ts';
import { newProfile, Trubka } from '../harness/trubka.ts';

interface Rostelecom {
  url: string;
  client_id: string;
  key: string;
}

const profiles = { admin: newProfile(), agent: newProfile() };
let gateway: FreshGateway;
let simulator: Running;
let pbx: Rostelecom;
/** Carries what the PBX posts, in plain HTTP, to the address that was shown for it. */
let relay: Server;
let hook: string;
let admin: Trubka;
let agent: Trubka | undefined;
let agentLink: string;

beforeAll(async () => {
  gateway = await FreshGateway.start('people');
  relay = await carry(gateway.certificate());
  const posts = ['--hook', `http://127.0.0.1:${(relay.address() as AddressInfo).port}/`];
  const made = ['serve', '--seed', '7', '--json', '--rostelecom', `127.0.0.1:${await freePort()}`, ...posts];
  simulator = start('people-simulator', program('TRUBKA_SIMULATOR_BIN'), made);
  pbx = (JSON.parse(await simulator.firstLine) as { rostelecom: Rostelecom }).rostelecom;
  admin = await Trubka.start({ name: 'people-admin', profile: profiles.admin, args: [gateway.link] });
  await admin.main();
  await join(admin);
}, 120_000);

afterAll(async () => {
  await agent?.stop();
  await admin?.stop();
  await gateway?.stop();
  await simulator?.stop();
  relay?.close();
  for (const one of Object.values(profiles)) rmSync(one, { recursive: true, force: true });
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

async function stateOf(testid: string): Promise<string | null> {
  return (await admin.find(testid)).getAttribute('data-state');
}

/** Everything that can be read in the window, in its fields, too. */
function shown(): Promise<string> {
  return admin.browser.execute(() => {
    const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea');
    return [document.body.innerText, ...[...fields].map(({ value }) => value)].join('\n');
  });
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
  const tried = async () => (await admin.rows('person-row')).join('\n');
  await admin.click('nav-calls');
  await admin.click('nav-people');
  await until('he is listed', async () => /Anna/.test(await tried()));
  await admin.clickIn('person-row', 'Anna', 'person-change');
  await (await admin.find('invite-role')).selectByAttribute('value', 'admin');
  await admin.click('rights-save');
  await desk.find('nav-people', 5_000);
  await admin.clickIn('person-row', 'Anna', 'person-remove');
  await admin.click('person-remove-confirm');
  await until('he is gone', async () => !/Anna/.test(await tried()));
  await until(
    'his desk says so',
    async () => /administrator|token|no longer/i.test(await desk.text('connection-bar')),
    10_000,
  );
}, 60_000);
