import { afterAll, beforeAll, expect, test } from 'vitest';
import { Desktop } from '../harness/desktop.ts';
import { until } from '../harness/process.ts';
import { Trubka } from '../harness/trubka.ts';

const script = [
  { at: '2s', make: 'rostelecom', call: 'answered', from: '+79001234561', answers: '202', ring: '2s', talk: '3s' },
];

const desktop = new Desktop('card-keys');
let trubka: Trubka;

beforeAll(async () => {
  await desktop.startScreen(1440, 900, 0);
  trubka = await Trubka.start({ name: 'card-keys', script, desktop });
  await trubka.card();
  await trubka.find('call-card-outcome-order', 40_000);
});

afterAll(async () => {
  await trubka?.stop();
  await desktop.stop();
});

const hasKeyboard = () => trubka.browser.execute(() => document.hasFocus());

test('an outcome is given by keys alone, and the keyboard goes back to who had it', async () => {
  expect(await hasKeyboard(), 'a card takes no keyboard by itself').toBe(false);
  const main = desktop.windows('--name', '^(Trubka|Трубка)$').at(-1) as string;
  desktop.xdotool('windowfocus', '--sync', main);
  desktop.xdotool('key', 'ctrl+j');
  await until('the card has the keyboard', hasKeyboard);
  await until('its caps are no longer faint', () => trubka.browser.$('main.keyed').isExisting());
  const order = await trubka.find('call-card-outcome-order');
  // Buttons work half a second after a card has changed, and so do its keys.
  await order.waitForEnabled();
  desktop.xdotool('key', '3');
  await until('the outcome is kept', async () => (await order.getAttribute('aria-pressed')) === 'true');
  desktop.xdotool('key', 'Escape');
  await until('the card has given the keyboard back', async () => !(await hasKeyboard()));

  await trubka.main();
  await until('main has it again', hasKeyboard);
  await trubka.browser.$('[data-testid="call-row"]').click();
  await until('the outcome stands in the list', async () => (await trubka.text('call-row')).includes('Order'));
});
