import { afterAll, beforeAll, expect, test } from 'vitest';
import { Desktop } from '../harness/desktop.ts';
import { until } from '../harness/process.ts';
import { Trubka } from '../harness/trubka.ts';

/** Two calls that ring as long as the test takes. */
const script = [1, 2].map((n) => ({
  at: '1s',
  make: 'rostelecom',
  call: 'answered',
  from: `+7900123456${n}`,
  answers: '202',
  ring: '300s',
  talk: '5s',
}));

/** The screen, in pixels: two monitors side by side, or one. How far the card's window keeps from the edges. */
const [WIDTH, HEIGHT, MARGIN] = [1366, 768, 8];
const HALF = WIDTH / 2;

const desktop = new Desktop('monitors');
let trubka: Trubka;

beforeAll(async () => {
  await desktop.startScreen(WIDTH, HEIGHT, 0);
  trubka = await Trubka.start({ name: 'monitors', args: ['--hidden'], script, desktop });
  await trubka.card();
  await until('both calls ring', async () => (await trubka.browser.$$('[data-testid="call-card"]').length) === 2);
});

afterAll(async () => {
  await trubka?.stop();
  await desktop.stop();
});

/** The edges of the card's window. */
function edges(): Record<'left' | 'top' | 'right' | 'bottom', number> {
  const card = desktop.windows('--name', '^Trubka card$').at(-1) as string;
  const shape = desktop.xdotool('getwindowgeometry', '--shell', card);
  const read = (name: string) => Number(new RegExp(`^${name}=(.*)$`, 'm').exec(shape)?.[1]);
  const [left, top] = [read('X'), read('Y')];
  return { left, top, right: left + read('WIDTH'), bottom: top + read('HEIGHT') };
}

/** The stack lies in the lower right corner of the monitor that ends here, and all of it is on that monitor. */
async function liesInTheCornerOf(monitor: { from: number; to: number }): Promise<void> {
  const corner = { right: monitor.to - MARGIN, bottom: HEIGHT - MARGIN };
  const lies = async () => edges().right === corner.right && edges().bottom === corner.bottom;
  await until('the stack lies in the corner', lies, 10_000).catch(() => expect(edges()).toMatchObject(corner));
  expect(edges().left).toBeGreaterThanOrEqual(monitor.from);
  expect(edges().top).toBeGreaterThanOrEqual(0);
}

test('the stack follows its monitor when that shrinks, and when it grows again', async () => {
  await liesInTheCornerOf({ from: 0, to: WIDTH });
  desktop.addMonitor('left', { x: 0, width: HALF, height: HEIGHT }, 'screen');
  await liesInTheCornerOf({ from: 0, to: HALF });
  desktop.removeMonitor('left');
  await liesInTheCornerOf({ from: 0, to: WIDTH });
});

test('the stack comes to the monitor that is left when its own is unplugged', async () => {
  desktop.addMonitor('left', { x: 0, width: HALF, height: HEIGHT }, 'screen');
  desktop.addMonitor('right', { x: HALF, width: HALF, height: HEIGHT }, 'none');
  const card = desktop.windows('--name', '^Trubka card$').at(-1) as string;
  desktop.xdotool('windowmove', card, `${HALF + 100}`, '5');
  await liesInTheCornerOf({ from: HALF, to: WIDTH });
  desktop.removeMonitor('right');
  await liesInTheCornerOf({ from: 0, to: HALF });
});
