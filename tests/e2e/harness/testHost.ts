//! A vendor's test host: what stands behind it is reached with and without encryption on one port.

import { readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

/** Certificates that were made for tests: an authority, and one of it for this computer with its key. */
export const tlsFile = (name: 'ca.pem' | 'cert.pem' | 'key.pem') =>
  path.resolve('../../crates/gateway/tests/tls-files', name);

/** A handshake of TLS begins with this byte. */
const HANDSHAKE = 0x16;

export class TestHost {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** Listens, and passes on to this port. */
  static async start(port: number): Promise<TestHost> {
    const pass = (socket: Socket) => {
      const behind = connect(port, '127.0.0.1');
      for (const [from, to] of [
        [socket, behind],
        [behind, socket],
      ] as const) {
        from.on('error', () => to.destroy());
        from.pipe(to);
      }
    };
    const secure = createTlsServer(
      { cert: readFileSync(tlsFile('cert.pem')), key: readFileSync(tlsFile('key.pem')) },
      pass,
    );
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (first) => {
        socket.pause();
        socket.unshift(first);
        if (first[0] === HANDSHAKE) secure.emit('connection', socket);
        else pass(socket);
        process.nextTick(() => socket.resume());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new TestHost(server, `http://127.0.0.1:${address.port}`);
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}
