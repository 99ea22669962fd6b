/** What the editor knows of the target: asked of the kernel process, kept until that goes or comes to know more. */
import * as vscode from 'vscode';
import { type Catalogue, RemoteTarget } from '../../kernel/language/editor/index.ts';
import type { Requests, TargetOutline } from '../../kernel/protocol.ts';
import type { KernelClient } from '../kernel/client.ts';

interface Known {
  outline: TargetOutline;
  remote: RemoteTarget;
}

/** Questions whose answers are in files. */
const OF_FILES = ['import', 'preamble', 'maps', 'usdt', 'userSymbols', 'functionReturns'];

/** The kernel has gone while it was asked. */
class NoAnswer extends Error {}

export class EditorTarget implements vscode.Disposable {
  #known: Promise<Known | undefined> | undefined;
  /** How often a file was saved that answers came from. */
  #saves = 0;
  #changed = new vscode.EventEmitter<void>();
  /** More is known than before, or something else: what was said of programs may no longer hold. */
  readonly onDidChange = this.#changed.event;
  #subscriptions: vscode.Disposable[];

  constructor(private readonly kernel: KernelClient) {
    this.#subscriptions = [
      this.#changed,
      // The next one may be another Linux's. Nothing is asked until somebody types: it may have died of a question.
      kernel.onGone(() => {
        this.#known = undefined;
      }),
      // A run has started the loader, which knows what only root can read.
      kernel.onPhase(({ phase }) => {
        if (phase === 'attach') void this.#renew();
      }),
      vscode.workspace.onDidSaveTextDocument(async () => {
        if (!(await this.#known)?.remote.forget(...OF_FILES)) return;
        this.#saves++;
        this.#changed.fire();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.#known = undefined;
        this.#changed.fire();
      }),
    ];
  }

  /** Changes when another target is known, more of it, or other files. Undefined while nothing is. */
  async id(): Promise<string | undefined> {
    const known = await this.#know();
    return known && `${known.outline.id} ${this.#saves}`;
  }

  /**
   * Does work that asks the target, again and again until it has no more questions. Undefined where there is nobody
   * to ask: a kernel that does not start, a folder that is not trusted.
   */
  async resolve<T>(work: (catalogue: Catalogue) => T): Promise<T | undefined> {
    const known = await this.#know();
    try {
      return await known?.remote.resolve(work);
    } catch (error) {
      if (error instanceof NoAnswer) return undefined;
      throw error;
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #know(): Promise<Known | undefined> {
    this.#known ??= vscode.workspace.isTrusted ? this.#open() : Promise.resolve(undefined);
    return this.#known;
  }

  async #open(): Promise<Known | undefined> {
    try {
      const outline = await this.kernel.request('target/outline', {});
      const remote = new RemoteTarget(outline, {
        answers: async questions => (await this.#request('target/ask', { questions })).answers,
        names: async (provider, of) =>
          (await this.#request('target/names', { provider, ...(of ? { of } : {}) })).names,
      });
      return { outline, remote };
    } catch {
      return undefined;
    }
  }

  async #request<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
  ): Promise<Requests[M]['result']> {
    try {
      return await this.kernel.request(method, params);
    } catch {
      throw new NoAnswer();
    }
  }

  async #renew(): Promise<void> {
    const known = await this.#known;
    if (!known || known.outline.complete) return;
    const outline = await this.kernel.ask('target/outline', {});
    if (!outline || outline.id === known.outline.id) return;
    this.#known = undefined;
    this.#changed.fire();
  }
}
