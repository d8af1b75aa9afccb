import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Desktop } from '../harness/desktop.ts';
import { Office } from '../harness/office.ts';
import { colours } from '../harness/png.ts';
import { output, program, start, until, webProcesses, type Running } from '../harness/process.ts';
import { newProfile, Trubka } from '../harness/trubka.ts';

/** The ground of the bar that tells of calls while away, and fewer pixels than the bar has. */
const [ACCENT_SOFT, BAR] = [0xe7f0fe, 10_000];

const profile = newProfile();
const desktop = new Desktop('stored-office');
let keyring: Running;
let office: Office;
let trubka: Trubka | undefined;

/** Windows in which the keyring asks for its password. */
const prompts = () => desktop.windows('--class', '^[Gg]cr-prompter$');

async function startTrubka(): Promise<void> {
  trubka = await Trubka.start({ name: 'stored-office', profile, desktop });
  await trubka.main();
}

async function stopTrubka(): Promise<void> {
  await trubka?.stop();
  trubka = undefined;
}

/** What the corner of the window says of the connections. */
async function saysOfConnections(word: RegExp, ms?: number): Promise<void> {
  const says = async () => word.test(await (trubka as Trubka).text('connection-state'));
  await until(`the connection says ${word}`, says, ms);
}

async function nobodyIsAskedForAToken(): Promise<void> {
  for (const field of ['office-token', 'office-new-token']) expect(await (trubka as Trubka).has(field)).toBe(false);
}

beforeAll(async () => {
  await desktop.startScreen(1366, 768, 0);
  await desktop.startBus();
  keyring = await desktop.startKeyring();
  office = await Office.start();
  await startTrubka();
  await trubka!.type('office-address', office.address);
  await trubka!.type('office-token', office.token);
  await trubka!.click('office-connect');
  await trubka!.find('nav-calls');
  await stopTrubka();
});

afterAll(async () => {
  keyring?.child.kill('SIGCONT');
  await stopTrubka();
  await office?.stop();
  await desktop.stop();
  rmSync(profile, { recursive: true, force: true });
});

test('a keyring that answers after eight seconds brings the office up, and nobody is asked for a token', async () => {
  keyring.child.kill('SIGSTOP');
  const late = setTimeout(() => keyring.child.kill('SIGCONT'), 8_000);
  try {
    await startTrubka();
    await saysOfConnections(/keyring is locked/);
    await nobodyIsAskedForAToken();
    await saysOfConnections(/all connected|waiting/i);
    await nobodyIsAskedForAToken();
  } finally {
    clearTimeout(late);
    await stopTrubka();
  }
});

test('a keyring that is unlocked later brings the office up, and its question is put once', async () => {
  desktop.lockKeyring();
  await startTrubka();
  const prompt = await until('the keyring asks for its password', async () => prompts()[0]);
  desktop.xdotool('windowactivate', '--sync', prompt, 'key', 'Escape');
  await until('the question has been sent away', async () => prompts().length === 0);
  await saysOfConnections(/keyring is locked/);
  await nobodyIsAskedForAToken();
  // Longer than between two of its looks at the keyring.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(prompts()).toEqual([]);
  await desktop.unlockKeyring();
  await saysOfConnections(/all connected|waiting/i);
  await stopTrubka();
});

/** Goes to a page by its place in the side bar; how many pixels of the screen have the colour of that bar there. */
async function accentAt(y: number): Promise<number> {
  const [main] = desktop.windows('--name', '^Trubka$');
  if (!main) return 0;
  desktop.xdotool('mousemove', '--window', main, '60', `${y}`, 'click', '1');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const file = path.join(output, 'while-away.png');
  execFileSync('import', ['-silent', '-window', 'root', `PNG24:${file}`], { env: { ...process.env, ...desktop.env } });
  return colours(readFileSync(file)).get(ACCENT_SOFT) ?? 0;
}

/** The page Now tells of calls while away: beside the page Calls, so that what is left of a dead page tells nothing. */
async function tellsOfAway(): Promise<boolean> {
  const [now, calls] = [75, 110];
  return (await accentAt(calls)) + BAR < (await accentAt(now));
}

test('pages whose process died tell as before what came while the program was away', { timeout: 180_000 }, async () => {
  await office.play({ make: 'rostelecom', call: 'missed', from: '+79001234568', rings: ['203'], ring: '1s' });
  const painted = path.join(profile, 'painted');
  const paints = () => (existsSync(painted) ? readFileSync(painted, 'utf8').split('\n').length : 0);
  // A driver would take the end of the process for its own: here the screen is looked at.
  const env = { TRUBKA_PROFILE: profile, TRUBKA_PAINT_LOG: painted, TRUBKA_THEME: 'light', ...desktop.env };
  const { child, stop } = start('stored-office-killed', program('TRUBKA_BIN'), [], env);
  try {
    await until('it tells what came', tellsOfAway, 45_000);
    const [before, killed] = [paints(), webProcesses(child.pid!)];
    expect(killed.length).toBeGreaterThan(0);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await until('other processes have painted', async () => paints() > before, 45_000);
    await until('it tells so again', tellsOfAway, 45_000);
  } finally {
    await stop();
  }
});
