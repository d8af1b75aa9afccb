//! Parts of a desktop that a test has to itself: a screen, a bus, a keyring, a notification service.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { start, until, type Running } from './process.ts';

/** Unlocks the keyring of a desktop. */
const PASSWORD = 'trubka';

/** What was started for one test, and the environment that leads programs there. */
export class Desktop {
  readonly env: Record<string, string> = {};
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'trubka-desktop-'));
  private readonly programs: Running[] = [];

  constructor(private readonly name: string) {}

  /** A screen of this size with a window manager, and a panel that takes its lowest pixels. */
  async startScreen(width: number, height: number, panel: number): Promise<void> {
    const screen = ['-displayfd', '1', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '-noreset'];
    this.env.DISPLAY = `:${await this.start('screen', 'Xvfb', screen).firstLine}`;
    const config = path.join(this.folder, 'openbox.xml');
    const keys = '<keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>';
    const margins = `<margins><bottom>${panel}</bottom></margins>`;
    writeFileSync(config, `<openbox_config>${keys}${margins}</openbox_config>\n`);
    this.start('windows', 'openbox', ['--sm-disable', '--config-file', config]);
    await until('the window manager is there', async () => this.xprop('_NET_WORKAREA').includes(`${height - panel}`));
  }

  /** One more monitor on a part of the screen. The one that names `screen` takes the place of the whole. */
  addMonitor(name: string, part: { x: number; width: number; height: number }, output: 'screen' | 'none'): void {
    // In millimetres it is as large as at 96 dpi.
    const mm = (pixels: number) => Math.round((pixels * 25.4) / 96);
    const shape = `${part.width}/${mm(part.width)}x${part.height}/${mm(part.height)}+${part.x}+0`;
    this.xrandr('--setmonitor', name, shape, output);
  }

  /** A monitor is unplugged. */
  removeMonitor(name: string): void {
    this.xrandr('--delmonitor', name);
  }

  /** The person wants text so many times as large as usual. */
  textOf(scale: number): void {
    execFileSync('xrdb', ['-merge', '-nocpp'], { env: this.environment(), input: `Xft.dpi: ${96 * scale}\n` });
  }

  /** A bus of its own, with nobody on it. */
  async startBus(): Promise<void> {
    const bus = this.start('bus', 'dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address']);
    this.env.DBUS_SESSION_BUS_ADDRESS = await bus.firstLine;
  }

  /** A keyring, unlocked. */
  async startKeyring(): Promise<Running> {
    for (const variable of ['XDG_RUNTIME_DIR', 'XDG_DATA_HOME']) {
      this.env[variable] = path.join(this.folder, variable);
      mkdirSync(this.env[variable], { mode: 0o700 });
    }
    const args = ['--foreground', '--unlock', '--components=secrets'];
    const keyring = this.start('keyring', 'gnome-keyring-daemon', args, PASSWORD);
    await this.owned('org.freedesktop.secrets');
    return keyring;
  }

  /** The person locks the keyring. */
  lockKeyring(): void {
    const login = 'array:objpath:/org/freedesktop/secrets/collection/login';
    this.call('org.freedesktop.secrets', '/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.Lock', login);
  }

  /** The person unlocks it, by signing in: written as the keyring's PAM module writes it. */
  async unlockKeyring(): Promise<void> {
    const password = Buffer.from(PASSWORD);
    // A byte that shows whose socket this is, then: length of all that follows, "unlock", the password with its length.
    const head = Buffer.alloc(13);
    [12 + password.length, 1, password.length].forEach((number, place) => head.writeUInt32BE(number, 1 + 4 * place));
    const socket = connect(path.join(this.env.XDG_RUNTIME_DIR as string, 'keyring', 'control'));
    socket.write(Buffer.concat([head, password]));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    if (answer.readUInt32BE(4) !== 0) throw new Error('the keyring refused its password');
  }

  /** A notification service that reads markup in bodies, or does not. */
  async startNotifications(markup: boolean): Promise<void> {
    const config = path.join(this.folder, 'dunstrc');
    writeFileSync(config, `[global]\nmarkup = ${markup ? 'full' : 'no'}\n`);
    this.start('notifications', 'dunst', ['-conf', config]);
    await this.owned('org.freedesktop.Notifications');
  }

  /** Starts one more program on this desktop. */
  start(name: string, command: string, args: string[], input?: string): Running {
    const program = start(`${this.name}-${name}`, command, args, this.env, input);
    this.programs.push(program);
    return program;
  }

  /** Calls a method on the bus; answers what came back, as text. */
  call(service: string, object: string, method: string, ...args: string[]): string {
    const whom = ['--session', '--print-reply', `--dest=${service}`, object, method];
    return execFileSync('dbus-send', [...whom, ...args], { env: this.environment(), encoding: 'utf8', stdio: 'pipe' });
  }

  /** Waits until somebody on the bus has this name. */
  async owned(name: string): Promise<void> {
    const ask = () => this.call('org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner', `string:${name}`);
    await until(`${name} is on the bus`, async () => ask().includes('boolean true'));
  }

  xdotool(...args: string[]): string {
    return execFileSync('xdotool', args, { env: this.environment(), encoding: 'utf8', stdio: 'pipe' }).trim();
  }

  /** Windows on the screen that `xdotool search` finds by this. */
  windows(by: '--name' | '--class', pattern: string): string[] {
    try {
      return this.xdotool('search', '--onlyvisible', by, pattern).split('\n').filter(Boolean);
    } catch {
      // It fails where there is none.
      return [];
    }
  }

  async stop(): Promise<void> {
    for (const program of this.programs.reverse()) await program.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private xrandr(...args: string[]): void {
    execFileSync('xrandr', args, { env: this.environment(), stdio: 'pipe' });
  }

  private xprop(name: string): string {
    return execFileSync('xprop', ['-root', name], { env: this.environment(), encoding: 'utf8', stdio: 'pipe' });
  }

  private environment(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.env };
  }
}
