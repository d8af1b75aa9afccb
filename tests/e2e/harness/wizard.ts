//! A person who connects simulated PBXs to the own office of a desktop, by the wizard.

import { rmSync } from 'node:fs';
import { freePort, program, start, until, type Running } from './process.ts';
import { newProfile, Trubka } from './trubka.ts';

export interface Access {
  url: string;
  token: string;
  api_key: string;
  password: string;
}

export class Connecting<Make extends string> {
  private constructor(
    private readonly name: string,
    private readonly profile: string,
    private readonly simulator: Running,
    /** What the PBXs are reached with. */
    readonly pbx: Record<Make, Access>,
    /** The program that runs now. */
    public trubka: Trubka,
  ) {}

  /** A desktop that is connected to nothing, and these PBXs. */
  static async start<Make extends string>(name: string, makes: Make[]): Promise<Connecting<Make>> {
    const ports = await Promise.all(makes.map(async (make) => [`--${make}`, `127.0.0.1:${await freePort()}`]));
    const args = ['serve', '--seed', '7', '--json', ...ports.flat()];
    const simulator = start(`${name}-simulator`, program('TRUBKA_SIMULATOR_BIN'), args);
    const pbx = JSON.parse(await simulator.firstLine) as Record<Make, Access>;
    const profile = newProfile();
    const trubka = await Trubka.start({ name, profile });
    await trubka.main();
    return new Connecting(name, profile, simulator, pbx, trubka);
  }

  async stop(): Promise<void> {
    await this.trubka.stop();
    await this.simulator.stop();
    rmSync(this.profile, { recursive: true, force: true });
  }

  /** The next run of the program. */
  async restart(): Promise<void> {
    await this.trubka.stop();
    this.trubka = await Trubka.start({ name: this.name, profile: this.profile });
    await this.trubka.main();
  }

  async stepStatus(testid: string): Promise<string | null> {
    return (await this.trubka.find(testid)).getAttribute('data-state');
  }

  /** Waits until a step of the check is so. */
  async stepIs(step: string, state: string): Promise<void> {
    const testid = `wizard-check-${step}`;
    await until(`the step ${step} is ${state}`, async () => (await this.stepStatus(testid)) === state, 40_000);
  }

  /** Waits until the check lets go on, and connects. */
  async save(): Promise<void> {
    await until('the check has passed', async () => (await this.trubka.find('wizard-save')).isEnabled(), 90_000);
    await this.trubka.click('wizard-save');
    await this.trubka.find('wizard-finish');
  }

  /** The page of keys, filled in. */
  async begin(make: Make, keys: Record<string, string>, address: string): Promise<void> {
    await this.trubka.click(`wizard-make-${make}`);
    for (const [name, value] of Object.entries(keys)) await this.trubka.type(`wizard-key-${name}`, value);
    await this.trubka.type('wizard-address', address);
  }

  /** Asks the simulator for something. */
  private async ask(make: Make, what: string, body: object): Promise<void> {
    const origin = new URL(this.pbx[make].url).origin;
    const headers = { 'Content-Type': 'application/json' };
    const wish = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(`${origin}/_simulator/${what}`, wish);
    if (!answer.ok) throw new Error(await answer.text());
  }

  async play(make: Make, line: object): Promise<void> {
    await this.ask(make, 'play', { make, ...line });
  }

  /** Switches a fault of the PBXs. */
  async fault(make: Make, fault: string, on: boolean): Promise<void> {
    await this.ask(make, 'fault', { fault, on });
  }

  /** A call comes in at my phone, its card shows it, and it ends. */
  async ringsAndEnds(make: Make, from: string, name: RegExp): Promise<void> {
    await this.play(make, { call: 'missed', from, to: '202', ring: '6s' });
    await this.trubka.card();
    await this.trubka.cardIs('ringing');
    const shown = await this.trubka.text('call-card-name');
    if (!name.test(shown)) throw new Error(`the card is of ${shown}`);
    await this.trubka.cardIs('ended', 30_000);
    await this.trubka.main();
  }

  async allConnected(ms: number): Promise<void> {
    const said = async () => /all connected/i.test(await this.trubka.text('connection-state'));
    await until('all is connected', said, ms);
  }
}
