/** The loader of a kernel: started when first needed, again after it died, and once more for runs that need more rights. */
import { LoaderClient, loaderDied } from '../loader/client.ts';
import type { Elevation } from '../loader/launch.ts';
import { CostMeter } from './meter.ts';
import { Target } from './target.ts';

export interface Connection {
  loader: LoaderClient;
  target: Target;
  meter: CostMeter;
}

interface Started {
  connection: Promise<Connection>;
  /** It keeps the right that write_user() needs. */
  writes: boolean;
  /** Once it has answered. */
  client?: LoaderClient;
}

export class LoaderHolder {
  #current?: Started | undefined;
  #target?: Target;
  #lastSession = 0;
  /** Loaders that new runs do not use any more, and the current one. */
  readonly #clients = new Set<LoaderClient>();
  /** Commands that were allowed: once a session. */
  readonly #consented = new Set<string>();
  /** A loader ended by itself. Its sessions are gone. */
  onDeath: (loader: LoaderClient, error: ReturnType<typeof loaderDied>) => void = () => {};

  constructor(readonly elevation: Elevation) {}

  /**
   * The loader and what it told of its host. A process cannot get back a right that it gave up: where the loader lacks
   * the one for `writes`, another one takes its place, and it stays for the runs that it has. Throws CellError when it
   * cannot start.
   */
  connect({ writes = this.elevation.writes ?? false } = {}): Promise<Connection> {
    const before = this.#current?.client?.alive === false ? undefined : this.#current;
    if (before && (before.writes || !writes)) return before.connection;
    const started: Started = { writes, connection: this.#start(writes, client => (started.client = client)) };
    this.#current = started;
    started.connection.catch(() => {
      if (this.#current === started) this.#current = before;
    });
    return started.connection;
  }

  /** As {@link connect}, but undefined where somebody would have to allow it: for what nobody asked for. */
  async connectUnasked(): Promise<Connection | undefined> {
    const free = this.#current?.client?.alive || process.getuid?.() === 0;
    return free ? this.connect().catch(() => undefined) : undefined;
  }

  newSession(): number {
    return ++this.#lastSession;
  }

  /** Ends the loaders that new runs do not use and old ones do not need. */
  closeUnused(isUsed: (loader: LoaderClient) => boolean): void {
    for (const client of this.#clients) {
      if (client === this.#current?.client || isUsed(client)) continue;
      this.#clients.delete(client);
      client.close();
    }
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  async #start(writes: boolean, started: (client: LoaderClient) => void): Promise<Connection> {
    const loader = await LoaderClient.start({
      ...this.elevation,
      writes,
      consent: command => this.#consent(command),
    });
    started(loader);
    this.#clients.add(loader);
    loader.onDeath = reason => {
      this.#clients.delete(loader);
      this.onDeath(loader, loaderDied(reason));
    };
    this.#target ??= await Target.read(loader);
    return { loader, target: this.#target, meter: new CostMeter(loader) };
  }

  async #consent(command: string[]): Promise<boolean> {
    const words = command.join(' ');
    const allowed = this.#consented.has(words) || (await this.elevation.consent(command));
    if (allowed) this.#consented.add(words);
    return allowed;
  }
}
