/** The one loader of a kernel: started when first needed, and again after it died. */
import { LoaderClient, loaderDied } from '../loader/client.ts';
import type { Elevation } from '../loader/launch.ts';
import { CostMeter } from './meter.ts';
import { Target } from './target.ts';

export interface Connection {
  loader: LoaderClient;
  target: Target;
  meter: CostMeter;
}

export class LoaderHolder {
  #starting?: Promise<Connection> | undefined;
  #target?: Target;
  #lastSession = 0;
  #consented = false;
  #client?: LoaderClient;
  /** The loader ended by itself. Its sessions are gone. */
  onDeath: (loader: LoaderClient, error: ReturnType<typeof loaderDied>) => void = () => {};

  constructor(readonly elevation: Elevation) {}

  /** The loader and what it told of its host. Throws CellError when it cannot start. */
  connect(): Promise<Connection> {
    if (this.#client && !this.#client.alive) this.#starting = undefined;
    this.#starting ??= this.#start().catch(error => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  /** As {@link connect}, but undefined where somebody would have to allow it: for what nobody asked for. */
  async connectUnasked(): Promise<Connection | undefined> {
    const free = this.#client?.alive || process.getuid?.() === 0;
    return free ? this.connect().catch(() => undefined) : undefined;
  }

  newSession(): number {
    return ++this.#lastSession;
  }

  close(): void {
    this.#client?.close();
  }

  async #start(): Promise<Connection> {
    const loader = await LoaderClient.start({
      ...this.elevation,
      consent: async command => {
        // Once a session: a loader that is started again was allowed before.
        this.#consented ||= await this.elevation.consent(command);
        return this.#consented;
      },
    });
    this.#client = loader;
    loader.onDeath = reason => this.onDeath(loader, loaderDied(reason));
    this.#target ??= await Target.read(loader);
    return { loader, target: this.#target, meter: new CostMeter(loader) };
  }
}
