/** The text of a C function as it grows: lines, indentation, names of locals. */
import { safeName } from './names.ts';

export class Lines {
  protected readonly lines: string[] = [];
  protected indent = 1;
  /** Line of the cell that what follows comes from; -1 before the first. */
  protected line = -1;
  /** The imported file that the line is in. */
  protected file: string | undefined;
  readonly #names = new Set<string>();

  emit(line: string): void {
    if (this.line >= 0) this.lines.push(`#line ${this.line + 1} "${this.file ?? 'cell.bt'}"`);
    this.lines.push('\t'.repeat(this.indent) + line);
  }

  block(head: string, body: () => void): void {
    this.emit(`${head} {`);
    this.indent++;
    body();
    this.indent--;
    this.emit('}');
  }

  /** Number of lines written: tells whether lowering an expression needed statements. */
  get mark(): number {
    return this.lines.length;
  }

  /** Takes back the lines written since a mark, to put them elsewhere. */
  cut(mark: number): string[] {
    return this.lines.splice(mark);
  }

  paste(lines: string[]): void {
    this.lines.push(...lines);
  }

  fresh(hint: string): string {
    const base = safeName(hint.replaceAll(/[^A-Za-z0-9_]/g, '_') || 'value');
    for (let n = 1; ; n++) {
      const name = n === 1 ? base : `${base}_${n}`;
      if (!this.#names.has(name)) {
        this.#names.add(name);
        return name;
      }
    }
  }

  local(type: string, hint: string, value: string): string {
    const name = this.fresh(hint);
    this.emit(`${type}${type.endsWith('*') ? '' : ' '}${name} = ${value};`);
    return name;
  }
}
