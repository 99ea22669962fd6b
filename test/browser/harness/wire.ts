/** The network between a window and its server, which a test can cut. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class Wire {
  readonly #ends = new Set<Socket>();
  #cut = false;

  private constructor(
    private readonly server: Server,
    private readonly to: URL,
  ) {
    server.on('connection', socket => this.#join(socket));
  }

  /** From a free port of this machine to where `url` leads. */
  static async lay(url: string): Promise<Wire> {
    const server = createServer();
    const wire = new Wire(server, new URL(url));
    server.listen(0, wire.to.hostname);
    await once(server, 'listening');
    return wire;
  }

  /** Where the other end is reached through it. */
  get url(): string {
    const url = new URL(this.to);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Ends every connection; new ones are ended as they come, until {@link mend}. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#ends) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  #join(near: Socket): void {
    if (this.#cut) {
      near.destroy();
      return;
    }
    const far = connect(Number(this.to.port), this.to.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#ends.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#ends.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
