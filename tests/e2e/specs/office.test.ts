import { afterAll, beforeAll, expect, test } from 'vitest';
import { Office } from '../harness/office.ts';
import { until } from '../harness/process.ts';
import { Trubka } from '../harness/trubka.ts';

let office: Office;
let trubka: Trubka;

beforeAll(async () => {
  office = await Office.start();
  trubka = await Trubka.start({ name: 'office' });
});

afterAll(async () => {
  await trubka?.stop();
  await office?.stop();
});

async function connectionSays(word: RegExp): Promise<void> {
  await until(`the connection says ${word}`, async () => word.test(await trubka.text('connection-state')), 45_000);
}

test('an office is connected with its address and a token', async () => {
  await trubka.main();
  await trubka.type('office-address', office.address);
  await trubka.type('office-token', 'wrong');
  await trubka.click('office-connect');
  await trubka.find('error');
  await trubka.type('office-token', office.token);
  await trubka.click('office-connect');
  await trubka.find('nav-calls');
  // Nothing has come from the PBX that posts to us, and it says so.
  await connectionSays(/wait/i);
});

test('its calls ring here', async () => {
  await office.play({
    make: 'rostelecom',
    call: 'answered',
    from: '+79001234567',
    answers: '203',
    ring: '10s',
    talk: '5s',
  });
  await trubka.card();
  await trubka.cardIs('ringing');
  expect(await trubka.text('call-card-name')).toBe('+7 900 123-45-67');
  expect(await trubka.text('call-card-line')).toContain('Sales');
  await trubka.cardIs('ended', 20_000);
});

test('PBXs that go down are shown, and come back by themselves', async () => {
  await trubka.main();
  await office.stopSimulator();
  await connectionSays(/MANGO OFFICE: (the PBX cannot be reached|not connected)/);
  office.startSimulator();
  await connectionSays(/all connected/i);
});
