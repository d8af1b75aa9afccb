import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { program, start, until, webProcesses, type Running } from '../harness/process.ts';

let profile: string;
let running: Running | undefined;

beforeEach(() => {
  profile = mkdtempSync(path.join(tmpdir(), 'trubka-e2e-'));
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(profile, { recursive: true, force: true });
});

function trubka(name: string, ...args: string[]): Running {
  const paints = path.join(profile, 'paints');
  running = start(name, program('TRUBKA_BIN'), args, { TRUBKA_PROFILE: profile, TRUBKA_PAINT_LOG: paints });
  return running;
}

/** Revisions that the card has painted so far. */
function paints(): number {
  const file = path.join(profile, 'paints');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0;
}

/** Windows on the screen whose title fits. */
function visible(title: string): string[] {
  const found = spawnSync('xdotool', ['search', '--onlyvisible', '--name', title], { encoding: 'utf8' });
  return found.stdout.split('\n').filter(Boolean);
}

test('--smoke walks the whole path and leaves nothing of the demo behind', async () => {
  const { child } = trubka('smoke', '--smoke');
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(0);
  expect(existsSync(path.join(profile, 'demo'))).toBe(false);
});

/** The makes whose calls ring a card; RingCloud's are listed when they are over. */
const RINGING = ['rostelecom', 'mango-client', 'mango-vpbx', 'zadarma', 'novofon', 'era'];

test.each(RINGING)('the demo of %s alone rings a card', async (make) => {
  const { child } = trubka(`smoke-${make}`, '--smoke', '--make', make);
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
});

test('a demo that is ended at once leaves nothing behind, whatever it has come to', async () => {
  for (const wait of [0, 300, 800, 1500]) {
    const { child } = trubka(`ended-after-${wait}`, '--demo', '--hidden');
    const exit = new Promise((resolve) => child.once('exit', resolve));
    await until('it is at work', async () => existsSync(path.join(profile, 'demo', 'web')));
    await new Promise((resolve) => setTimeout(resolve, wait));
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    // What its web processes were about to write would come now.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(readdirSync(profile)).not.toContain('demo');
  }
});

test('a web process that is killed is started again and goes on showing calls', async () => {
  const { child } = trubka('killed-web-process', '--demo');
  await until('the card has painted', async () => paints() > 1, 30_000);
  const killed = webProcesses(child.pid!);
  expect(killed.length).toBeGreaterThan(0);
  const before = paints();
  for (const pid of killed) process.kill(pid, 'SIGKILL');
  await until('the card has painted again', async () => paints() > before, 45_000);
});

test('a second start with --hidden opens nothing and ends well', async () => {
  const first = trubka('hidden', '--hidden');
  await until('the card has painted', async () => paints() > 0, 30_000);
  const again = start('hidden-again', program('TRUBKA_BIN'), ['--hidden'], { TRUBKA_PROFILE: profile });
  const code = await new Promise((resolve) => again.child.once('exit', resolve));
  expect(code).toBe(0);
  expect(first.child.exitCode).toBe(null);
  expect(visible('^Trubka$')).toEqual([]);
});

test('a mistake on the command line is named', async () => {
  const { child } = trubka('mistake', '--no-such-thing');
  const said: Buffer[] = [];
  child.stderr?.on('data', (piece: Buffer) => said.push(piece));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(1);
  expect(Buffer.concat(said).toString()).toContain('--help');
});
