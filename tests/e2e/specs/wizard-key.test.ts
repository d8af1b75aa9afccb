//! A PBX that gives its key to a program that asks for it, in the real window: the answer is lost once, which is explained, and
//! the office that is connected with the key rings, also after a restart.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../harness/process.ts';
import { Connecting } from '../harness/wizard.ts';

const MAKE = 'mango-client';
let desktop: Connecting<typeof MAKE>;

beforeAll(async () => {
  desktop = await Connecting.start('wizard-key', [MAKE]);
});

afterAll(async () => {
  await desktop?.stop();
});

async function introductionIs(state: string): Promise<void> {
  const told = () => desktop.stepStatus('wizard-introduction');
  await until(`the key is ${state}`, async () => (await told()) === state, 30_000);
}

test('an answer that is lost is explained, and the wizard goes on from there after a restart', async () => {
  await desktop.trubka.click('connect-own');
  await desktop.begin(MAKE, {}, desktop.pbx[MAKE].url);
  await (await desktop.trubka.find('wizard-key-source')).selectByAttribute('value', 'make');
  await desktop.fault(MAKE, 'half-answer', true);
  await desktop.trubka.click('wizard-introduce');
  await introductionIs('asked');
  await desktop.fault(MAKE, 'half-answer', false);
  expect(await desktop.trubka.objections()).toEqual([]);
  await desktop.restart();
  await desktop.trubka.click('connect-own');
  await introductionIs('asked');
});

test('the key is made once the person has looked, and it connects the office', async () => {
  const { trubka } = desktop;
  // The PBX has made the first one all the same.
  await trubka.click('wizard-introduce');
  await until('the refusal is told', async () => /value in use/.test(await trubka.text('error')));
  await introductionIs('asked');
  await trubka.type('wizard-program-name', 'Trubka 2');
  await trubka.click('wizard-introduce');
  await introductionIs('given');
  expect(await trubka.objections()).toEqual([]);
  expect(await trubka.text('wizard')).not.toContain(desktop.pbx[MAKE].token);
  await trubka.click('wizard-next');
  await trubka.type('wizard-phone', '202');
  await trubka.click('wizard-next');
  await desktop.stepIs('live', 'passed');
  await desktop.save();
  await desktop.ringsAndEnds(MAKE, '+79001234568', /900 123-45-68/);
  await trubka.click('wizard-finish');
});

test('the next start rings again without a question', async () => {
  await desktop.restart();
  await desktop.allConnected(30_000);
  expect(await desktop.trubka.has('wizard')).toBe(false);
  await desktop.ringsAndEnds(MAKE, '+79001234569', /900 123-45-69/);
});
