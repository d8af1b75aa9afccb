import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../harness/process.ts';
import { Trubka } from '../harness/trubka.ts';

/** More calls at once than a screen has room for; the name of each turns what follows it round. */
const CALLS = 6;
const call = (n: number) => ({
  at: '1s',
  make: 'rostelecom',
  call: 'answered',
  from: `+7900123456${n}`,
  name: `\u202eLtd ${n}`,
  answers: '102',
  ring: '60s',
  talk: '5s',
});

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

let trubka: Trubka;

beforeAll(async () => {
  trubka = await Trubka.start({ name: 'stack', script: Array.from({ length: CALLS }, (_, n) => call(n)) });
  await trubka.card();
  await until('the calls that have no room are counted', async () => (await folded()) !== undefined, 40_000);
});

afterAll(() => trubka?.stop());

function xdotool(...args: string[]): string {
  return execFileSync('xdotool', args, { encoding: 'utf8' }).trim();
}

function cardWindow(): string {
  return xdotool('search', '--onlyvisible', '--name', '^Trubka card$').split('\n').at(-1) as string;
}

function box(): Box {
  const read = (name: string) => Number(new RegExp(`^${name}=(.*)$`, 'm').exec(shape)?.[1]);
  const shape = xdotool('getwindowgeometry', '--shell', cardWindow());
  return { x: read('X'), y: read('Y'), width: read('WIDTH'), height: read('HEIGHT') };
}

/** How many calls the line under the cards counts. */
async function folded(): Promise<number | undefined> {
  const line = trubka.browser.$('.folded');
  return (await line.isExisting()) ? Number(/^\+(\d+)$/.exec(await line.getText())?.[1]) : undefined;
}

test('the stack stays on the screen and counts what does not fit', async () => {
  const [screenWidth, screenHeight] = xdotool('getdisplaygeometry').split(' ').map(Number) as [number, number];
  await until('the window is as high as its page', async () => {
    const height = await trubka.browser.execute(() => document.documentElement.scrollHeight);
    return box().height >= height;
  });
  const { x, y, width, height } = box();
  expect(x).toBeGreaterThanOrEqual(0);
  expect(y).toBeGreaterThanOrEqual(0);
  expect(x + width).toBeLessThanOrEqual(screenWidth);
  expect(y + height).toBeLessThanOrEqual(screenHeight);
  const shown = await trubka.browser.$$('[data-testid="call-card"]').length;
  expect(shown).toBeGreaterThan(0);
  expect(shown).toBeLessThan(CALLS);
});

test('a card that was moved away comes back into its corner', async () => {
  const before = box();
  xdotool('windowmove', cardWindow(), '5', '5');
  await until('it lies where it lay', async () => {
    const { x, y } = box();
    return x === before.x && y === before.y;
  });
});

test('a name that turns text round stands by itself', async () => {
  const name = await trubka.find('call-card-name');
  expect(await name.getProperty('textContent')).toContain('\u202e');
  const inside = await trubka.browser.$('[data-testid="call-card-name"] > bdi').getProperty('textContent');
  expect(inside).toContain('\u202e');
  expect(await trubka.text('call-card-state')).toMatch(/^(Incoming|Missed)$/);
});
