//! An office of its own processes: simulated PBXs and a gateway, as in a server room.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, listening, program, start, type Running } from './process.ts';

interface Credentials {
  rostelecom: { url: string; client_id: string; key: string };
  'mango-client': { url: string; token: string };
}

export class Office {
  private constructor(
    private readonly folder: string,
    readonly address: string,
    readonly token: string,
    private readonly ports: { rostelecom: number; mango: number },
    private simulator: Running,
    private readonly gateway: Running,
  ) {}

  /** Opens an office whose line is called so. */
  static async start(line = 'Sales'): Promise<Office> {
    const folder = mkdtempSync(path.join(tmpdir(), 'trubka-office-'));
    const ports = { rostelecom: await freePort(), mango: await freePort() };
    const listen = await freePort();
    const simulator = simulate(ports, listen);
    const credentials = JSON.parse(await simulator.firstLine) as Credentials;
    const config = path.join(folder, 'gateway.toml');
    writeFileSync(config, toml(folder, listen, credentials, line));
    const issue = ['token', 'issue', '--config', config, '--name', 'Anna', '--role', 'manager'];
    const own = ['--extension', 'rt1:203', '--extension', 'mg1:203', '--group', 'sales'];
    const token = execFileSync(program('TRUBKA_GATEWAY_BIN'), [...issue, ...own], { encoding: 'utf8' }).trim();
    const gateway = start('gateway', program('TRUBKA_GATEWAY_BIN'), ['serve', '--config', config]);
    await listening(listen);
    return new Office(folder, `http://127.0.0.1:${listen}`, token, ports, simulator, gateway);
  }

  /** The PBXs go down. */
  async stopSimulator(): Promise<void> {
    await this.simulator.stop();
  }

  /** The office cannot be reached any more. */
  async stopGateway(): Promise<void> {
    await this.gateway.stop();
  }

  /** The PBXs come back at the same addresses. */
  startSimulator(): void {
    this.simulator = simulate(this.ports, Number(new URL(this.address).port));
  }

  /** Plays a script. */
  async play(...lines: object[]): Promise<void> {
    const body = lines.map((line) => JSON.stringify(line)).join('\n') + '\n';
    const answer = await fetch(`http://127.0.0.1:${this.ports.rostelecom}/_simulator/play`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`the simulator refused the script: ${await answer.text()}`);
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.simulator.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function simulate(ports: { rostelecom: number; mango: number }, gateway: number): Running {
  const at = (port: number) => `127.0.0.1:${port}`;
  const makes = ['--rostelecom', at(ports.rostelecom), '--mango-client', at(ports.mango)];
  const hook = ['--hook', `http://127.0.0.1:${gateway}/hook/rt1`];
  return start('simulator', program('TRUBKA_SIMULATOR_BIN'), ['serve', '--seed', '7', '--json', ...makes, ...hook]);
}

function toml(folder: string, listen: number, credentials: Credentials, line: string): string {
  const secret = (name: string, value: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, `${value}\n`, { mode: 0o600 });
    return `{ file = ${JSON.stringify(file)} }`;
  };
  const { rostelecom, 'mango-client': mango } = credentials;
  return `
listen = "127.0.0.1:${listen}"
public_url = "http://127.0.0.1:${listen}"
data_dir = ${JSON.stringify(path.join(folder, 'data'))}
log = { kind = "sqlite" }
[secrets]
cache_key = { file = ${JSON.stringify(path.join(folder, 'cache.key'))} }
[[connection]]
id = "rt1"
pbx = "rostelecom"
base_url = "${rostelecom.url}"
secrets = { client_id = ${secret('id', rostelecom.client_id)}, key = ${secret('key', rostelecom.key)} }
[[connection]]
id = "mg1"
pbx = "mango-client"
base_url = "${mango.url}"
secrets = { token = ${secret('token', mango.token)} }
[[line]]
connection = "rt1"
number = "+74951234567"
title = ${JSON.stringify(line)}
groups = ["sales"]
[[group]]
id = "sales"
rings = true
`;
}
