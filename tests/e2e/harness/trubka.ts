//! Trubka in its real windows, driven through tauri-driver and WebKitWebDriver.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { remote, type Browser } from 'webdriverio';
import { objections } from './axe.ts';
import type { Desktop } from './desktop.ts';
import { ended, freePort, listening, program, start, until, type Running } from './process.ts';
import { settled } from './settled.ts';

export interface Options {
  /** Names the logs. */
  name: string;
  args?: string[];
  /** Calls of the demo, one line each. */
  script?: object[];
  language?: 'ru' | 'en';
  theme?: 'light' | 'dark';
  /** The computer's time zone. */
  zone?: string;
  /** A profile that the test has made and removes; without it one that goes with the program. */
  profile?: string;
  /** A desktop of the test's own. */
  desktop?: Desktop;
}

/** A running Trubka. */
export class Trubka {
  private constructor(
    readonly browser: Browser,
    private readonly driver: Running,
    readonly profile: string,
    private readonly options: Options,
  ) {}

  static async start(options: Options): Promise<Trubka> {
    const profile = options.profile ?? newProfile();
    const args = [...(options.args ?? [])];
    if (options.script) {
      const file = path.join(profile, 'calls.jsonl');
      writeFileSync(file, options.script.map((line) => JSON.stringify(line)).join('\n') + '\n');
      args.push('--demo-script', file);
    }
    const [port, nativePort] = [await freePort(), await freePort()];
    const driver = start(
      `${options.name}-driver`,
      program('TAURI_DRIVER'),
      ['--port', `${port}`, '--native-port', `${nativePort}`, '--native-driver', program('WEBKIT_DRIVER')],
      {
        TRUBKA_PROFILE: profile,
        TRUBKA_LANG: options.language ?? 'en',
        TRUBKA_THEME: options.theme ?? 'light',
        TRUBKA_LOG: 'info',
        TZ: options.zone ?? 'Europe/Moscow',
        ...options.desktop?.env,
      },
    );
    await listening(port);
    await listening(nativePort);
    const capabilities = {
      browserName: 'wry',
      'wdio:enforceWebDriverClassic': true,
      'tauri:options': { application: program('TRUBKA_BIN'), args },
    } as WebdriverIO.Capabilities;
    const browser = await remote({
      hostname: '127.0.0.1',
      port,
      capabilities,
      logLevel: 'error',
      connectionRetryCount: 0,
      connectionRetryTimeout: 60_000,
    });
    return new Trubka(browser, driver, profile, options);
  }

  /** Turns to the card. Windows are chosen by their address: the order of handles says nothing. */
  card(): Promise<void> {
    return this.window((url) => url.endsWith('card.html'));
  }

  /** Turns to the main window. */
  main(): Promise<void> {
    return this.window((url) => !url.endsWith('card.html'));
  }

  private async window(fits: (url: string) => boolean): Promise<void> {
    await until('the window is there', async () => {
      for (const handle of await this.browser.getWindowHandles()) {
        const url = await this.address(handle);
        if (url !== undefined && fits(url)) return true;
      }
      return false;
    });
  }

  /** Turns to a window; its address, or nothing where it has gone since it was listed or its page is not there yet. */
  private async address(handle: string): Promise<string | undefined> {
    try {
      await this.browser.switchToWindow(handle);
      return await this.browser.getUrl();
    } catch (error) {
      if (error instanceof Error && /no such window|unknown error/i.test(error.message)) return undefined;
      throw error;
    }
  }

  /** The first element with this test id, once it is there. */
  async find(testId: string, ms = 20_000) {
    const selector = `[data-testid="${testId}"]`;
    await until(`${testId} is there`, () => this.browser.$(selector).isExisting(), ms);
    return this.browser.$(selector);
  }

  async has(testId: string): Promise<boolean> {
    return this.browser.$(`[data-testid="${testId}"]`).isExisting();
  }

  /** Text of an element, blanks made plain. Also of a card that is just being shown or hidden. */
  async text(testId: string): Promise<string> {
    const element = await this.find(testId);
    return plain(await element.getProperty('textContent'));
  }

  /** The text of each element with this test id, as the page shows it: the driver's own reading leaves out marks of direction. */
  rows(testId: string): Promise<string[]> {
    return this.browser.execute(
      (selector) => [...document.querySelectorAll<HTMLElement>(selector)].map((row) => row.innerText),
      `[data-testid="${testId}"]`,
    );
  }

  /** Clicks in the row of a list that holds this text. */
  async clickIn(list: string, text: string, testId: string): Promise<void> {
    const row = this.browser.$(`//*[@data-testid="${list}"][contains(., "${text}")]`);
    await row.$(`.//*[@data-testid="${testId}"]`).click();
  }

  async click(testId: string): Promise<void> {
    await (await this.find(testId)).click();
  }

  /** Types over whatever stands in a field, as a person does: WebDriver's own clearing tells the page nothing. */
  async type(testId: string, text: string): Promise<void> {
    const field = await this.find(testId);
    await field.click();
    await this.browser.keys(['Control', 'a']);
    await this.browser.keys(['Delete']);
    if (text) await field.addValue(text);
  }

  /** Waits until the state of the only card is this one. */
  async cardIs(state: string, ms = 20_000): Promise<void> {
    await until(
      `the card says ${state}`,
      async () => {
        const shown = this.browser.$('[data-testid="call-card-state"]');
        return (await shown.isExisting()) && (await shown.getAttribute('data-state')) === state;
      },
      ms,
    );
  }

  /** Waits until the page stands still, and the card's window is as high as its page. */
  async settled(): Promise<void> {
    await settled(this.browser);
    if (!(await this.browser.getUrl()).endsWith('card.html')) return;
    await until('the card has its height', () =>
      this.browser.execute(() => Math.abs(innerHeight - document.querySelector('main')!.offsetHeight) <= 1),
    );
  }

  /** A picture of the current window, as the display shows it: WebKitWebDriver's own does not come back. */
  async picture(file: string): Promise<void> {
    const title = (await this.browser.getUrl()).endsWith('card.html') ? 'Trubka card' : '(Trubka|Трубка)';
    const env = { ...process.env, ...this.options.desktop?.env };
    const search = ['search', '--onlyvisible', '--name', `^${title}$`];
    const windows = execFileSync('xdotool', search, { env, encoding: 'utf8' });
    const window = windows.trim().split('\n').at(-1) as string;
    execFileSync('import', ['-silent', '-window', window, `PNG24:${file}`], { env });
  }

  /** What axe objects to in the current window, colours included: only a real one has them. */
  objections(): Promise<string[]> {
    return objections(this.browser);
  }

  /** Another start of the same program in the same profile, as other programs start it. */
  second(...args: string[]): Running {
    const env = { TRUBKA_PROFILE: this.profile, ...this.options.desktop?.env };
    return start(`${this.options.name}-second`, program('TRUBKA_BIN'), args, env);
  }

  async stop(): Promise<void> {
    const pid = this.pid();
    process.kill(pid, 'SIGTERM');
    await ended(pid);
    await this.driver.stop();
    if (!this.options.profile) rmSync(this.profile, { recursive: true, force: true });
  }

  /** The id of its process. */
  pid(): number {
    return (JSON.parse(readFileSync(path.join(this.profile, 'instance.json'), 'utf8')) as { pid: number }).pid;
  }
}

/** An empty folder for a profile. */
export function newProfile(): string {
  return mkdtempSync(path.join(tmpdir(), 'trubka-e2e-'));
}

/** Text with every kind of blank made a plain one. */
export function plain(text: unknown): string {
  return String(text).replace(/\s+/gu, ' ').trim();
}
