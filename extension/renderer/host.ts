/** A run, as the views of its panels may ask about it. */
import type { Panel, RunSnapshot, RunTotals } from '../../kernel/protocol.ts';
import type { PanelHost } from './panel.ts';
import type { RunStream } from './stream.ts';

export class RunHost implements PanelHost {
  #remembered = new Map<string, object[]>();

  constructor(
    private readonly snapshot: () => RunSnapshot,
    private readonly stream: RunStream,
  ) {}

  get run(): string {
    return this.snapshot().run;
  }

  get totals(): RunTotals {
    return this.snapshot().totals;
  }

  get live(): boolean {
    return this.snapshot().phase !== 'ended';
  }

  whole(panel: string): Promise<Panel | null> {
    return this.stream.panel(panel);
  }

  remembered<T extends object>(panel: string, make: new () => T): T {
    const all = this.#remembered.get(panel) ?? [];
    const known = all.find((one): one is T => one instanceof make);
    if (known) return known;
    const made = new make();
    this.#remembered.set(panel, [...all, made]);
    return made;
  }
}
