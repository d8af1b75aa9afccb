//! A gateway as `trubka-gateway init` makes it: nothing in it but the invitation of its first administrator.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, listening, program, start, until, type Running } from './process.ts';
import type { Trubka } from './trubka.ts';

export class FreshGateway {
  private constructor(
    readonly folder: string,
    /** What its first administrator, Olga, is to open. */
    readonly link: string,
    private readonly config: string,
    private readonly gateway: Running,
  ) {}

  static async start(name: string): Promise<FreshGateway> {
    const folder = mkdtempSync(path.join(tmpdir(), 'trubka-gateway-'));
    const [office, port] = [path.join(folder, 'office'), await freePort()];
    const at = ['--url', `https://localhost:${port}`, '--listen', `127.0.0.1:${port}`];
    const said = run('init', office, ...at, '--name', 'Ladoga', '--admin', 'Olga');
    const link = /trubka:\/\/\S+/.exec(said)?.[0] as string;
    const config = path.join(office, 'gateway.toml');
    const gateway = start(`${name}-gateway`, program('TRUBKA_GATEWAY_BIN'), ['serve', '--config', config]);
    await listening(port);
    return new FreshGateway(folder, link, config, gateway);
  }

  /** The certificate that vouches for it. */
  certificate(): string {
    return run('cert', 'export', '--config', this.config);
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What the gateway's program prints. */
function run(...args: string[]): string {
  return execFileSync(program('TRUBKA_GATEWAY_BIN'), args, { encoding: 'utf8' });
}

/** Says yes to the invitation that is shown, once the half second is over in which nothing may act. */
export async function join(trubka: Trubka): Promise<void> {
  await until('a yes is taken', async () => (await trubka.find('invitation-join')).isEnabled());
  await trubka.click('invitation-join');
  await trubka.find('nav-calls');
}
