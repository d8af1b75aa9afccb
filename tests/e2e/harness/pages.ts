//! The pages in a browser of the same engine, over made-up data and with a clock that stands still: whatever is asked of
//! them by their address looks the same each time.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { remote, type Browser } from 'webdriverio';
import { objections } from './axe.ts';
import type { Desktop } from './desktop.ts';
import { freePort, listening, program, start, type Running } from './process.ts';
import { settled } from './settled.ts';

const MINI_BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
const UI = path.resolve('../../ui');
/** Where the clock stands: an afternoon in November. */
const NOW = '2025-11-20T14:36:00+03:00';

/** How far what counts down has come. */
const COUNTED_MS = 2000;

const KINDS: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};

/** Pixels of the page, each as two of the screen. */
export interface Size {
  width: number;
  height: number;
}

/** A browser with the pages. */
export class Pages {
  private constructor(
    readonly browser: Browser,
    private readonly driver: Running,
    private readonly server: Server,
    private readonly desktop: Desktop,
  ) {}

  /** Builds the pages over made-up data and opens a browser for them. */
  static async start(desktop: Desktop): Promise<Pages> {
    execFileSync('npm', ['run', '-s', 'build:demo'], { cwd: UI, stdio: 'pipe' });
    const server = createServer((request, response) => {
      const file = new URL(request.url ?? '/', 'http://localhost').pathname;
      try {
        const body = readFileSync(path.join(UI, 'dist-demo', path.normalize(file)));
        response.writeHead(200, { 'content-type': KINDS[path.extname(file)] ?? 'application/octet-stream' }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = await freePort();
    const env = { ...desktop.env, GDK_SCALE: '2', TZ: 'Europe/Moscow', LANG: 'C.UTF-8' };
    const driver = start('pages-driver', program('WEBKIT_DRIVER'), [`--port=${port}`], env);
    await listening(port);
    const capabilities = {
      browserName: 'MiniBrowser',
      'wdio:enforceWebDriverClassic': true,
      'webkitgtk:browserOptions': { binary: MINI_BROWSER, args: ['--automation'] },
    } as WebdriverIO.Capabilities;
    const browser = await remote({
      hostname: '127.0.0.1',
      port,
      capabilities,
      logLevel: 'error',
      connectionRetryCount: 0,
      connectionRetryTimeout: 60_000,
    });
    return new Pages(browser, driver, server, desktop);
  }

  /** Opens the main page in this size. */
  async open(asked: Record<string, string>, size: Size): Promise<void> {
    await this.load('index', asked);
    await this.resize(size);
  }

  /** Opens the page of cards. No window is as narrow as theirs: its content is. */
  async openCards(asked: Record<string, string>, width: number): Promise<void> {
    await this.load('card', asked);
    await this.browser.execute((width) => (document.body.style.width = `${width}px`), width);
  }

  private async load(page: 'index' | 'card', asked: Record<string, string>): Promise<void> {
    const { port } = this.server.address() as AddressInfo;
    const query = new URLSearchParams({ now: NOW, ...asked });
    await this.browser.url(`http://127.0.0.1:${port}/${page}.html?${query}`);
    await this.browser.execute(() => document.fonts.ready.then(() => undefined));
  }

  /** Waits until the page stands still, what counts down included. */
  settled(): Promise<void> {
    return settled(this.browser, COUNTED_MS);
  }

  /** A picture of the page, or of one element, as the display shows it: WebKitWebDriver's own may not come back. */
  async picture(file: string, selector = 'html'): Promise<void> {
    // What lies under the pointer looks otherwise.
    await this.browser.action('pointer').move({ x: 0, y: 0 }).perform();
    await this.settled();
    const page = await this.browser.execute((selector) => {
      const { x, y, width, height } = (document.querySelector(selector) as Element).getBoundingClientRect();
      return { x, y, width, height, pageWidth: innerWidth, pageHeight: innerHeight };
    }, selector);
    const window = this.desktop.windows('--class', 'MiniBrowser').at(-1) as string;
    const env = { ...process.env, ...this.desktop.env };
    const size = execFileSync('xdotool', ['getwindowgeometry', '--shell', window], { env, encoding: 'utf8' });
    const [wide, high] = ['WIDTH', 'HEIGHT'].map((name) => Number(new RegExp(`${name}=(\\d+)`).exec(size)?.[1]));
    // The page lies at the foot of its window, as far from its edge as from the sides.
    const edge = ((wide as number) - 2 * page.pageWidth) / 2;
    const [left, top] = [edge + 2 * page.x, (high as number) - edge - 2 * page.pageHeight + 2 * Math.max(0, page.y)];
    const crop = `${2 * page.width}x${2 * Math.min(page.height, page.pageHeight)}+${left}+${top}`;
    execFileSync('import', ['-silent', '-window', window, '-crop', crop, '+repage', `PNG24:${file}`], { env });
  }

  /** The window has bars of its own: it is made larger until the page is as large as wanted. */
  async resize({ width, height }: Size): Promise<void> {
    const inner = () => this.browser.execute(() => [innerWidth, innerHeight] as const);
    const outer = await this.browser.getWindowRect();
    const [nowWide, nowHigh] = await inner();
    if (nowWide === width && nowHigh === height) return;
    const [wide, high] = [outer.width + width - nowWide, outer.height + height - nowHigh];
    await this.browser.setWindowRect(null, null, wide, high);
    await this.browser.waitUntil(async () => {
      const [isWide, isHigh] = await inner();
      return isWide === width && isHigh === height;
    });
  }

  /** The element with this test id, once it is there. */
  async find(testId: string) {
    const element = this.browser.$(`[data-testid="${testId}"]`);
    await element.waitForExist();
    return element;
  }

  async click(testId: string): Promise<void> {
    await (await this.find(testId)).click();
  }

  /** Types over whatever stands in a field, as a person does. */
  async type(testId: string, text: string): Promise<void> {
    const field = await this.find(testId);
    await field.click();
    await this.browser.keys(['Control', 'a']);
    await this.browser.keys(['Delete']);
    await field.addValue(text);
  }

  /** What axe objects to, colours included. */
  objections(): Promise<string[]> {
    return objections(this.browser);
  }

  /** What of the page does not fit into its width. */
  tooWide(): Promise<number> {
    return this.browser.execute(() => document.documentElement.scrollWidth - innerWidth);
  }

  async stop(): Promise<void> {
    await this.browser.deleteSession().catch(() => {});
    await this.driver.stop();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
