import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Desktop } from '../harness/desktop.ts';
import { until } from '../harness/process.ts';
import { Trubka } from '../harness/trubka.ts';

/** More calls at once than any screen has room for; the name of each turns what follows it round. */
const CALLS = 6;
const call = (n: number) => ({
  at: '1s',
  make: 'rostelecom',
  call: 'answered',
  from: `+7900123456${n}`,
  name: `\u202eLtd ${n}`,
  answers: '202',
  ring: '60s',
  talk: '5s',
});
const script = Array.from({ length: CALLS }, (_, n) => call(n));

/** The screen, and what a panel takes of its lower edge, in its own pixels. */
const [WIDTH, HEIGHT, PANEL] = [1366, 768, 40];
/** In CSS pixels: the width of the window, and how far it keeps from the edges. */
const [WINDOW, MARGIN] = [416, 8];

describe.each([
  { scale: 1, text: 1, shown: 2 },
  { scale: 2, text: 1, shown: 1 },
  { scale: 1, text: 1.5, shown: 1 },
])('at scale $scale with text of $text', ({ scale, text, shown }) => {
  const desktop = new Desktop(`stack-${scale}-${text}`);
  let trubka: Trubka;

  beforeAll(async () => {
    await desktop.startScreen(WIDTH, HEIGHT, PANEL);
    desktop.env.GDK_SCALE = `${scale}`;
    desktop.textOf(text);
    trubka = await Trubka.start({ name: `stack-${scale}-${text}`, args: ['--hidden'], script, desktop });
    await trubka.card();
  });

  afterAll(async () => {
    await trubka?.stop();
    await desktop.stop();
  });

  function cardWindow(): string {
    return desktop.xdotool('search', '--onlyvisible', '--name', '^Trubka card$').split('\n').at(-1) as string;
  }

  /** Where the window lies, in pixels of the screen. */
  function box(): Record<'x' | 'y' | 'width' | 'height', number> {
    const shape = desktop.xdotool('getwindowgeometry', '--shell', cardWindow());
    const read = (name: string) => Number(new RegExp(`^${name}=(.*)$`, 'm').exec(shape)?.[1]);
    return { x: read('X'), y: read('Y'), width: read('WIDTH'), height: read('HEIGHT') };
  }

  /** The right lower corner above the panel, for a window with room for all of its page. */
  async function corner(): Promise<ReturnType<typeof box>> {
    const page = await trubka.browser.execute(() => document.querySelector('main')!.getBoundingClientRect().height);
    const pixel = scale * text;
    const [width, height, margin] = [WINDOW * pixel, Math.ceil(page) * pixel, MARGIN * pixel];
    return { x: WIDTH - margin - width, y: HEIGHT - PANEL - margin - height, width, height };
  }

  async function liesInItsCorner(): Promise<void> {
    const same = async () => JSON.stringify(box()) === JSON.stringify(await corner());
    // Compared once more where it does not, to say how they differ.
    await until('it lies in its corner', same, 10_000).catch(async () => expect(box()).toEqual(await corner()));
  }

  test('the cards that have room lie in the corner above the panel, and the others are counted', async () => {
    await until('all that ring are told of', async () => (await trubka.text('cards-folded')) === `+${CALLS - shown}`);
    expect(await trubka.browser.$$('[data-testid="call-card"]').length).toBe(shown);
    await liesInItsCorner();
    // All of it is seen: what is below the others too.
    expect((await corner()).y).toBeGreaterThanOrEqual(0);
  });

  test('a card that was moved away comes back into its corner', async () => {
    desktop.xdotool('windowmove', cardWindow(), '5', '5');
    await liesInItsCorner();
  });

  test('a name that turns text round stands by itself', async () => {
    const name = await trubka.find('call-card-name');
    expect(await name.getProperty('textContent')).toContain('\u202e');
    const inside = await trubka.browser.$('[data-testid="call-card-name"] > bdi').getProperty('textContent');
    expect(inside).toContain('\u202e');
    expect(await trubka.text('call-card-state')).toMatch(/^(Incoming|Missed)$/);
  });
});
