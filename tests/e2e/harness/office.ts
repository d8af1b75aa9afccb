//! An office of its own processes: simulated PBXs and a gateway, as in a server room.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, listening, program, start, type Running } from './process.ts';
import { TestHost, tlsFile } from './testHost.ts';

interface Credentials {
  rostelecom: { url: string; client_id: string; key: string };
  'mango-client': { url: string; token: string };
}

interface Options {
  https?: boolean;
  role?: 'agent' | 'manager' | 'admin';
  testHost?: boolean;
}

export class Office {
  private constructor(
    private readonly folder: string,
    readonly address: string,
    readonly token: string,
    /** What its connection to Rostelecom is signed with. */
    readonly rostelecom: Credentials['rostelecom'],
    private readonly ports: { rostelecom: number; mango: number },
    private simulator: Running,
    private readonly gateway: Running,
    private readonly testHost: TestHost | undefined,
  ) {}

  /**
   * Opens an office whose line is called so; over HTTPS with a certificate that only its invitations vouch for. With a test
   * host of the simulated Rostelecom, where that is wanted, which the certificates of tests vouch for, as for the office.
   */
  static async start(line = 'Sales', options: Options = {}): Promise<Office> {
    const folder = mkdtempSync(path.join(tmpdir(), 'trubka-office-'));
    const ports = { rostelecom: await freePort(), mango: await freePort() };
    const listen = await freePort();
    const simulator = simulate(ports, listen);
    const credentials = JSON.parse(await simulator.firstLine) as Credentials;
    const config = path.join(folder, 'gateway.toml');
    const testHost = options.testHost ? await TestHost.start(ports.rostelecom) : undefined;
    const tls = !options.https ? '' : testHost ? ofTests() : certificate(folder);
    const rostelecom = testHost
      ? `trust_anchor = ${JSON.stringify(tlsFile('ca.pem'))}\noverrides = { test_address = "${testHost.url}" }`
      : '';
    writeFileSync(config, toml(folder, listen, credentials, line, tls, rostelecom));
    const issue = ['token', 'issue', '--config', config, '--name', 'Anna', '--role', options.role ?? 'manager'];
    const own = ['--extension', 'rt1:203', '--extension', 'mg1:203', '--group', 'sales'];
    const token = execFileSync(program('TRUBKA_GATEWAY_BIN'), [...issue, ...own], { encoding: 'utf8' }).trim();
    const gateway = start('gateway', program('TRUBKA_GATEWAY_BIN'), ['serve', '--config', config]);
    await listening(listen);
    const scheme = options.https ? 'https' : 'http';
    const address = `${scheme}://127.0.0.1:${listen}`;
    return new Office(folder, address, token, credentials.rostelecom, ports, simulator, gateway, testHost);
  }

  /** Invites somebody; what he is to open. */
  invite(name: string, role: 'agent' | 'manager' | 'admin', ...more: string[]): string {
    const config = path.join(this.folder, 'gateway.toml');
    const args = ['invite', '--config', config, '--name', name, '--role', role, ...more];
    return execFileSync(program('TRUBKA_GATEWAY_BIN'), args, { encoding: 'utf8' }).trim();
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

  /** Plays a call at the PBX that needs no address of the office. */
  async playAtMango(call: object): Promise<void> {
    const body = JSON.stringify({ make: 'mango-client', ...call });
    const answer = await fetch(`http://127.0.0.1:${this.ports.mango}/_simulator/play`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`the simulator refused the script: ${await answer.text()}`);
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.simulator.stop();
    await this.testHost?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function simulate(ports: { rostelecom: number; mango: number }, gateway: number): Running {
  const at = (port: number) => `127.0.0.1:${port}`;
  const makes = ['--rostelecom', at(ports.rostelecom), '--mango-client', at(ports.mango)];
  const hook = ['--hook', `http://127.0.0.1:${gateway}/hook/rt1`];
  return start('simulator', program('TRUBKA_SIMULATOR_BIN'), ['serve', '--seed', '7', '--json', ...makes, ...hook]);
}

/** A certificate for this computer that vouches for itself, as the line of the configuration that names it. */
function certificate(folder: string): string {
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];
  const of = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert];
  execFileSync('openssl', [...made, ...of], { stdio: 'pipe' });
  return `tls = { cert = ${JSON.stringify(cert)}, key = ${JSON.stringify(key)} }\nca = ${JSON.stringify(cert)}`;
}

/** The certificate that tests share, as the line of the configuration that names it. */
function ofTests(): string {
  const [cert, key, ca] = (['cert.pem', 'key.pem', 'ca.pem'] as const).map((name) => JSON.stringify(tlsFile(name)));
  return `tls = { cert = ${cert}, key = ${key} }\nca = ${ca}`;
}

function toml(
  folder: string,
  listen: number,
  credentials: Credentials,
  line: string,
  tls: string,
  rostelecomMore: string,
): string {
  const secret = (name: string, value: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, `${value}\n`, { mode: 0o600 });
    return `{ file = ${JSON.stringify(file)} }`;
  };
  const { rostelecom, 'mango-client': mango } = credentials;
  return `
listen = "127.0.0.1:${listen}"
public_url = "${tls ? 'https' : 'http'}://127.0.0.1:${listen}"
name = "Ladoga"
${tls}
data_dir = ${JSON.stringify(path.join(folder, 'data'))}
log = { kind = "sqlite" }
[secrets]
cache_key = { file = ${JSON.stringify(path.join(folder, 'cache.key'))} }
[[connection]]
id = "rt1"
pbx = "rostelecom"
base_url = "${rostelecom.url}"
secrets = { client_id = ${secret('id', rostelecom.client_id)}, key = ${secret('key', rostelecom.key)} }
${rostelecomMore}
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
