//! What an administrator of a gateway may not do to himself, and how many people are invited at once, in the real window.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FreshGateway, join } from '../harness/fresh-gateway.ts';
import { until } from '../harness/process.ts';
import { Trubka } from '../harness/trubka.ts';

let gateway: FreshGateway;
let admin: Trubka;

beforeAll(async () => {
  gateway = await FreshGateway.start('people-table');
  admin = await Trubka.start({ name: 'people-table', args: [gateway.link] });
  await admin.main();
  await join(admin);
  await admin.click('nav-people');
}, 120_000);

afterAll(async () => {
  await admin?.stop();
  await gateway?.stop();
});

test('the last administrator stays one, and an invitation is taken back', async () => {
  await admin.clickIn('person-row', 'Olga', 'person-remove');
  await admin.click('person-remove-confirm');
  await until('it is refused', async () => /last administrator/.test(await admin.text('error')));
  await admin.clickIn('person-row', 'Olga', 'person-change');
  await (await admin.find('invite-role')).selectByAttribute('value', 'agent');
  await admin.click('rights-save');
  await until('it is refused', async () => /last administrator/.test(await admin.text('error')));
  // What the gateway says now, not what was listed before.
  await admin.click('nav-calls');
  await admin.click('nav-people');
  await until('she is listed', async () => (await admin.rows('person-row')).some((row) => /Olga/.test(row)));
  const olga = (await admin.rows('person-row')).find((row) => /Olga/.test(row));
  expect(olga).toContain('All calls and settings');
});

test('a table is read, its bad line named, everybody invited, and the links kept', async () => {
  const list = path.join(gateway.folder, 'people.csv');
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
  await until('two are read', async () => (await admin.rows('import-row')).length === 2);
  expect(await admin.objections()).toEqual([]);
  await admin.click('import-invite');
  await admin.click('imported-keep');
  const file = await admin.text('imported-file');
  const kept = readFileSync(file, 'utf8');
  expect(kept.match(/trubka:\/\/join\//g)).toHaveLength(2);
  rmSync(file);
  await admin.click('imported-done');
  await admin.clickIn('invitation-row', 'Boris', 'invitation-revoke');
  await admin.clickIn('invitation-row', 'Boris', 'invitation-confirm');
  await until('it is taken back', async () =>
    (await admin.rows('invitation-row')).some((row) => /Boris.*Revoked/s.test(row)),
  );
});
