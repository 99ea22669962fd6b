/** A view's line to the kernel: subscribe, deltas, acknowledgements. */
import type { Panel, RunDelta, RunSnapshot } from '../../kernel/protocol.ts';
import type { ExtensionMessage, RendererMessage, ViewChoice } from '../messages.ts';

/** The messaging of a renderer's context; both are absent where there is no extension behind the page. */
export interface Messaging {
  post: ((message: RendererMessage) => void) | undefined;
  listen: ((listener: (message: ExtensionMessage) => void) => { dispose(): void }) | undefined;
}

export interface StreamListener {
  /** All there is, as of now; null when nobody knows the run any more. */
  snapshot(snapshot: RunSnapshot | null): void;
  delta(delta: RunDelta): void;
  /** The form of the cell's outputs, as it is now. */
  choice(choice: ViewChoice): void;
}

export class RunStream {
  readonly #subscriber: string;
  readonly #messaging: Messaging;
  readonly #listener: StreamListener;
  readonly #listening: { dispose(): void } | undefined;
  #run: string | undefined;
  #cell: string | undefined;
  #text = false;
  #unacknowledged: number | undefined;
  /** Who waits for a whole panel, by its id. */
  #asked = new Map<string, ((panel: Panel | null) => void)[]>();

  constructor(messaging: Messaging, listener: StreamListener) {
    // A page that nobody is behind may come by plain HTTP, where there are no such numbers.
    this.#subscriber = messaging.post ? crypto.randomUUID() : '';
    this.#messaging = messaging;
    this.#listener = listener;
    this.#listening = messaging.listen?.(message => this.#receive(message));
  }

  /** Follows a run of a cell from here on, instead of the one before. */
  follow(run: string, cell: string): void {
    this.#leave();
    this.#run = run;
    this.#cell = cell;
    const { post } = this.#messaging;
    if (!post) {
      this.#listener.snapshot(null);
      return;
    }
    post({ type: 'subscribe', run, cell, subscriber: this.#subscriber });
    if (this.#text) this.#look();
  }

  /** Says whether panels shall come with their text. */
  look(text: boolean): void {
    if (text === this.#text) return;
    this.#text = text;
    if (this.#run !== undefined) this.#look();
  }

  /** What came is on screen: the kernel may send more. */
  acknowledge(): void {
    if (this.#run === undefined || this.#unacknowledged === undefined) return;
    const [run, subscriber, sequence] = [this.#run, this.#subscriber, this.#unacknowledged];
    this.#unacknowledged = undefined;
    this.#messaging.post?.({ type: 'ack', run, subscriber, sequence });
  }

  /** The panel with all rows that are kept; null where nobody has more of it. */
  panel(id: string): Promise<Panel | null> {
    const [post, run, subscriber] = [this.#messaging.post, this.#run, this.#subscriber];
    if (!post || run === undefined) return Promise.resolve(null);
    return new Promise(resolve => {
      const waiting = this.#asked.get(id);
      if (waiting) waiting.push(resolve);
      else {
        this.#asked.set(id, [resolve]);
        post({ type: 'panel', run, subscriber, panel: id });
      }
    });
  }

  close(): void {
    this.#leave();
    this.#listening?.dispose();
  }

  #look(): void {
    const [run, subscriber, text] = [this.#run!, this.#subscriber, this.#text];
    this.#messaging.post?.({ type: 'look', run, subscriber, text });
  }

  #leave(): void {
    if (this.#run)
      this.#messaging.post?.({ type: 'unsubscribe', run: this.#run, subscriber: this.#subscriber });
    this.#run = undefined;
    this.#unacknowledged = undefined;
    for (const id of [...this.#asked.keys()]) this.#answer(id, null);
  }

  #answer(id: string, panel: Panel | null): void {
    const waiting = this.#asked.get(id) ?? [];
    this.#asked.delete(id);
    for (const resolve of waiting) resolve(panel);
  }

  #receive(message: ExtensionMessage): void {
    if (message.type === 'snapshot') {
      if (message.subscriber !== this.#subscriber || message.run !== this.#run) return;
      this.#unacknowledged = undefined;
      this.#listener.snapshot(message.snapshot);
    } else if (message.type === 'choice') {
      if (message.cell === this.#cell) this.#listener.choice(message.choice);
    } else if (message.type === 'panel') {
      if (message.subscriber === this.#subscriber && message.run === this.#run)
        this.#answer(message.id, message.panel);
    } else {
      const { delta } = message;
      if (delta.subscriber !== this.#subscriber || delta.run !== this.#run) return;
      this.#unacknowledged = delta.sequence;
      this.#listener.delta(delta);
    }
  }
}
