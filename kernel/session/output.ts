/** Text that a command or an iterator wrote, as panels: whole lines, the newest kept. */
import { StringDecoder } from 'node:string_decoder';
import type { PanelDelta, TextPanel } from '../protocol.ts';

type Stream = TextPanel['stream'];

/** A line longer than this is cut into several: one endless line must not fill the memory. */
const LONGEST_LINE = 16_384;
const LINES_A_DELTA = 500;

/** How many lines of each panel a subscriber has seen, by its id. */
export type OutputCursor = Map<string, number>;

class Lines {
  readonly #decoder = new StringDecoder('utf8');
  #open = '';
  #lines: string[] = [];
  first = 0;

  constructor(
    readonly stream: Stream,
    readonly keep: number,
  ) {}

  write(bytes: Buffer): void {
    const parts = (this.#open + this.#decoder.write(bytes)).split('\n');
    this.#open = parts.pop()!;
    if (this.#open.length > LONGEST_LINE) {
      parts.push(this.#open);
      this.#open = '';
    }
    for (const line of parts) this.#lines.push(line);
    // Cut only now and then: shifting an array costs its length.
    if (this.#lines.length > 2 * this.keep) {
      this.first += this.#lines.length - this.keep;
      this.#lines = this.#lines.slice(-this.keep);
    }
  }

  finish(): void {
    if (this.#open) this.write(Buffer.from('\n'));
  }

  get total(): number {
    return this.first + this.#lines.length;
  }

  newest(count: number): { lines: string[]; first: number; total: number } {
    const lines = count > 0 ? this.#lines.slice(-count) : [];
    return { lines, first: this.total - lines.length, total: this.total };
  }
}

export class OutputLog {
  readonly #streams: Lines[];

  /** `title` heads the panels; `rows` lines of each stream are kept; `id` tells several logs of a run apart. */
  constructor(
    readonly title: string,
    readonly rows: number,
    readonly id = 'output',
  ) {
    this.#streams = [new Lines('stdout', rows), new Lines('stderr', rows)];
  }

  write(stream: Stream, bytes: Buffer): void {
    this.#streams.find(lines => lines.stream === stream)!.write(bytes);
  }

  finish(): void {
    for (const lines of this.#streams) lines.finish();
  }

  panels(): TextPanel[] {
    return this.#streams.filter(lines => lines.total > 0).map(lines => this.#panel(lines, this.rows));
  }

  cursor(): OutputCursor {
    return new Map(
      this.#streams.filter(lines => lines.total).map(lines => [this.#panelId(lines), lines.total]),
    );
  }

  delta(cursor: OutputCursor): PanelDelta[] {
    const deltas: PanelDelta[] = [];
    for (const lines of this.#streams) {
      const seen = cursor.get(this.#panelId(lines)) ?? 0;
      if (lines.total === seen) continue;
      const panel = this.#panel(lines, Math.min(lines.total - seen, LINES_A_DELTA));
      const { id, first, total } = panel;
      deltas.push(
        seen ? { id, change: 'lines', lines: panel.lines, first, total } : { id, change: 'replace', panel },
      );
      cursor.set(id, lines.total);
    }
    return deltas;
  }

  #panelId({ stream }: Lines): string {
    return `${this.id}:${stream}`;
  }

  #panel(lines: Lines, count: number): TextPanel {
    const { stream } = lines;
    const title = stream === 'stderr' ? `${this.title}, stderr` : this.title;
    return { id: this.#panelId(lines), kind: 'text', title, stream, ...lines.newest(count) };
  }
}

/** All that was written beside a run's records. */
export class OutputLogs {
  readonly #logs: OutputLog[] = [];

  constructor(readonly rows: number) {}

  /** A log of its own, behind the others. */
  open(title: string, id?: string): OutputLog {
    const log = new OutputLog(title, this.rows, id);
    this.#logs.push(log);
    return log;
  }

  finish(): void {
    for (const log of this.#logs) log.finish();
  }

  panels(): TextPanel[] {
    return this.#logs.flatMap(log => log.panels());
  }

  cursor(): OutputCursor {
    return new Map(this.#logs.flatMap(log => [...log.cursor()]));
  }

  delta(cursor: OutputCursor): PanelDelta[] {
    return this.#logs.flatMap(log => log.delta(cursor));
  }
}
