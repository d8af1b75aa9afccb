//! What administrators change, read afterwards in the real window of one of them at a gateway.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Office } from '../harness/office.ts';
import { until } from '../harness/process.ts';
import { signIn } from '../harness/sign-in.ts';
import { Trubka } from '../harness/trubka.ts';

let office: Office;
let trubka: Trubka;

beforeAll(async () => {
  office = await Office.start('Sales', { role: 'admin' });
  trubka = await Trubka.start({ name: 'audit' });
  await signIn(trubka, office);
});

afterAll(async () => {
  await trubka?.stop();
  await office?.stop();
});

/** What the rows say, read at once: the next answer replaces them. */
function rows(): Promise<{ action: string | undefined; words: string }[]> {
  return trubka.browser.execute(() =>
    [...document.querySelectorAll<HTMLElement>('[data-testid="audit-row"]')].map((row) => ({
      action: row.dataset['action'],
      words: row.innerText.replace(/\s+/g, ' '),
    })),
  );
}

test('what an administrator does on the screen stands in the tab of changes, newest first', async () => {
  await fetch(new URL('/hook/rt1/call_events', office.address), { method: 'POST', body: '{}' });
  await trubka.click('nav-diagnostics');
  await trubka.click('diagnostics-audit');
  await until('the token is there', async () => (await rows()).some(({ action }) => action === 'issuedToken'));
  expect((await rows())[0]?.words).toMatch(/^\d\d:\d\d Gateway command line Token issued /);
  await trubka.click('diagnostics-journal');
  await trubka.find('journal-row');
  await trubka.click('journal-clear');
  await trubka.click('journal-clear-confirm');
  await until('the journal is empty', async () => !(await trubka.has('journal-row')));
  await trubka.click('diagnostics-audit');
  await until('that it was cleared is there', async () => (await rows())[0]?.action === 'clearJournal');
  expect((await rows())[0]?.words).toContain('Request journal cleared');
  await trubka.click('audit-row');
  expect(await trubka.text('audit-whole')).toContain('As recorded');
  expect(await trubka.objections()).toEqual([]);
});
