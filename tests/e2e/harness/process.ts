//! Programs that a test starts, and ends by their own id.

import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

/** Where logs and pictures of a failed test go. */
export const output = process.env.TRUBKA_E2E_OUTPUT ?? path.resolve('../../target/e2e');
mkdirSync(output, { recursive: true });

/** Path of a program that `cargo xtask test` has built. */
export function program(variable: string): string {
  const found = process.env[variable];
  if (!found) throw new Error(`${variable} is not set: run these tests with \`cargo xtask test\``);
  return found;
}

export interface Running {
  child: ChildProcess;
  /** The first line that it writes to its standard output. */
  firstLine: Promise<string>;
  stop(): Promise<void>;
}

/** Starts a program, with `input` to read; what it says goes to `target/e2e/NAME.log`. */
export function start(
  name: string,
  command: string,
  args: string[],
  env: Record<string, string> = {},
  input = '',
): Running {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  // Whoever reads nothing may have gone before this is written.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const log = createWriteStream(path.join(output, `${name}.log`), { flags: 'a' });
  child.stderr.pipe(log, { end: false });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const firstLine = new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (piece: Buffer) => {
      log.write(piece);
      text += piece.toString();
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}; see ${name}.log`)));
  });
  // Most programs say nothing; only those that are asked for their first line must.
  firstLine.catch(() => {});
  return {
    child,
    firstLine,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
        await exited;
        clearTimeout(late);
      }
    },
  };
}

/** Processes of web pages that this process has started: on any of its threads. */
export function webProcesses(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const texts = threads.map((thread) => readProcess(`/proc/${pid}/task/${thread}/children`));
  const children = texts.flatMap((text) => text.trim().split(/\s+/).filter(Boolean).map(Number));
  return children.filter((child) => readProcess(`/proc/${child}/comm`).startsWith('WebKitWebProc'));
}

/** What a file of a process says; nothing where the process, or one of its threads, has just gone. */
function readProcess(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Waits until a process has ended. */
export async function ended(pid: number): Promise<void> {
  await until(`process ${pid} has ended`, async () => {
    const stat = readProcess(`/proc/${pid}/stat`);
    // Nobody may have asked yet what became of it: it is a zombie then.
    return stat === '' || / Z /.test(stat);
  });
}

/** A port of this computer that is free just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('no port'));
      server.close(() => resolve(address.port));
    });
  });
}

/** Waits until something listens there. */
export async function listening(port: number): Promise<void> {
  const { connect } = await import('node:net');
  await until('something listens', async () => {
    return new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve((socket.destroy(), true)));
      socket.once('error', () => resolve(false));
    });
  });
}

/** Waits until `check` answers something, asking every 50 ms; what goes while it is looked at is looked at again. */
export async function until<T>(what: string, check: () => Promise<T | undefined | false>, ms = 20_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await check().catch((error: Error) => {
      if (/stale element/i.test(error.message)) return undefined;
      throw error;
    });
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
