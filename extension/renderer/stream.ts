/** A view's line to the kernel: subscribe, deltas, acknowledgements. */
import type { RunDelta, RunSnapshot } from '../../kernel/protocol.ts';
import type { ExtensionMessage, RendererMessage } from '../messages.ts';

/** The messaging of a renderer's context; both are absent where there is no extension behind the page. */
export interface Messaging {
  post: ((message: RendererMessage) => void) | undefined;
  listen: ((listener: (message: ExtensionMessage) => void) => { dispose(): void }) | undefined;
}

export interface StreamListener {
  /** All there is, as of now; null when nobody knows the run any more. */
  snapshot(snapshot: RunSnapshot | null): void;
  delta(delta: RunDelta): void;
}

export class RunStream {
  readonly #subscriber = crypto.randomUUID();
  readonly #messaging: Messaging;
  readonly #listener: StreamListener;
  readonly #listening: { dispose(): void } | undefined;
  #run: string | undefined;
  #unacknowledged: number | undefined;

  constructor(messaging: Messaging, listener: StreamListener) {
    this.#messaging = messaging;
    this.#listener = listener;
    this.#listening = messaging.listen?.(message => this.#receive(message));
  }

  /** Follows a run from here on, instead of the one before. */
  follow(run: string): void {
    this.#leave();
    this.#run = run;
    const { post } = this.#messaging;
    if (post) post({ type: 'subscribe', run, subscriber: this.#subscriber });
    else this.#listener.snapshot(null);
  }

  /** What came is on screen: the kernel may send more. */
  acknowledge(): void {
    if (this.#run === undefined || this.#unacknowledged === undefined) return;
    const [run, subscriber, sequence] = [this.#run, this.#subscriber, this.#unacknowledged];
    this.#unacknowledged = undefined;
    this.#messaging.post?.({ type: 'ack', run, subscriber, sequence });
  }

  close(): void {
    this.#leave();
    this.#listening?.dispose();
  }

  #leave(): void {
    if (this.#run)
      this.#messaging.post?.({ type: 'unsubscribe', run: this.#run, subscriber: this.#subscriber });
    this.#run = undefined;
    this.#unacknowledged = undefined;
  }

  #receive(message: ExtensionMessage): void {
    if (message.type === 'snapshot') {
      if (message.subscriber !== this.#subscriber || message.run !== this.#run) return;
      this.#unacknowledged = undefined;
      this.#listener.snapshot(message.snapshot);
    } else {
      const { delta } = message;
      if (delta.subscriber !== this.#subscriber || delta.run !== this.#run) return;
      this.#unacknowledged = delta.sequence;
      this.#listener.delta(delta);
    }
  }
}
