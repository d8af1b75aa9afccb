import { afterAll, beforeAll, expect, test } from 'vitest';
import { Desktop } from '../harness/desktop.ts';
import { until } from '../harness/process.ts';
import { Trubka } from '../harness/trubka.ts';

const call = (at: string, from: string, ring: string) => ({
  at,
  make: 'rostelecom',
  call: 'answered',
  from,
  answers: '201',
  ring,
  talk: '2s',
});
/** A card that comes and goes, and another one later. */
const script = [call('2s', '+79001234561', '3s'), call('30s', '+79001234562', '60s')];

/** The screen, in pixels, and how far the card's window keeps from its edges. */
const [WIDTH, HEIGHT, MARGIN] = [1440, 900, 8];

const desktop = new Desktop('card-place');
let trubka: Trubka;

beforeAll(async () => {
  await desktop.startScreen(WIDTH, HEIGHT, 0);
  trubka = await Trubka.start({ name: 'card-place', args: ['--hidden'], script, desktop });
  await trubka.card();
});

afterAll(async () => {
  await trubka?.stop();
  await desktop.stop();
});

/** The right and the lower edge of the card's window while it is shown. */
function edges(): { right: number; bottom: number } | undefined {
  const found = desktop.windows('--name', '^Trubka card$').at(-1);
  if (!found) return undefined;
  const shape = desktop.xdotool('getwindowgeometry', '--shell', found);
  const read = (name: string) => Number(new RegExp(`^${name}=(.*)$`, 'm').exec(shape)?.[1]);
  return { right: read('X') + read('WIDTH'), bottom: read('Y') + read('HEIGHT') };
}

test('a card that comes after another one went comes in its corner, not in the middle of the screen first', async () => {
  await until('the first card is shown', async () => edges() !== undefined, 30_000);
  await until('the first card has gone', async () => edges() === undefined, 30_000);
  // The window manager has one look's time to move it: a wrong place that stays for longer is seen.
  let first = edges();
  while (first === undefined) first = edges();
  expect(edges()).toEqual({ right: WIDTH - MARGIN, bottom: HEIGHT - MARGIN });
});
