/** Writes one program: a probe's block as a C function. */
import type { AttachSpec, DataType, RecordAction } from '../../layout.ts';
import type { Expression, MapNode, Range, VariableNode } from '../nodes.ts';
import type { Type } from '../types.ts';
import type { Generator, RecordValue } from './api.ts';
import { writeInto, writeValue } from './expressions.ts';
import { Frame } from './frame.ts';
import { findElement, writeKey } from './mapAccess.ts';
import { RESTORE_LINE } from './module.ts';
import { copyBytes } from './pointers.ts';
import { sendRecord } from './records.ts';
import { writeBlock, writeCondition } from './statements.ts';
import { structText } from './storage.ts';
import { constantText } from './strings.ts';

export class ProgramWriter extends Frame implements Generator {
  value(expression: Expression): string {
    return writeValue(this, expression);
  }
  into(expression: Expression, destination: string, size: number): string {
    return writeInto(this, expression, destination, size);
  }
  send(name: string, values: RecordValue[], action: RecordAction, at: Range): void {
    sendRecord(this, name, values, action, at);
  }
  copy(destination: string, size: number, expression: Expression): void {
    copyBytes(this, destination, size, expression);
  }
  text(expression: Expression): string | undefined {
    return constantText(this, expression);
  }
  constants(name: string, texts: readonly string[], width: number): void {
    this.module.constants(name, texts, width);
  }
  address(symbol: string, at: Range): string {
    return this.module.address(symbol, at);
  }
  mapSymbol(name: string): string {
    return this.module.map(name).symbol;
  }
  key(map: MapNode, key = map.key): string {
    return writeKey(this, this.module.map(map.name), key);
  }
  find(map: MapNode, key: Expression, out: VariableNode): string {
    return findElement(this, map, key, this.variable(out.variable!), out.variable!.type);
  }
  needs(...types: string[]): void {
    for (const type of types) this.module.types.add(type);
  }
  dataType(type: Type): DataType {
    return this.module.storage.dataType(type);
  }
  needStart(): void {
    this.module.needsStart = true;
  }
  needChild(): void {
    this.module.needsChild = true;
  }
  leave(answer = '0'): void {
    if (this.inCallback) {
      this.emit(`${this.returned()} = 1;`);
      if (answer !== '0') this.emit(`${this.answer()} = ${answer};`);
    }
    this.emit(`return ${this.inCallback ? 1 : answer};`);
  }

  write(): void {
    const { module, instance, probe, symbol } = this;
    if (instance.predicate) {
      this.at(instance.predicate);
      this.statement(() => {
        const condition = writeCondition(this, instance.predicate!);
        this.emit(`if (!(${condition}))`);
        this.emit('\treturn 0;');
      });
    }
    writeBlock(this, instance.body);
    const { section, attach } = this.#attachment();
    const context = this.contextType();
    const scratch = `scratch_${symbol}`;
    const body: string[] = [];
    const guarded = this.usesScratch && probe.row.preemptible;
    const shared = [...this.members.values()];
    if (this.hasCallbacks) {
      const struct = `vars_${symbol}`;
      this.module.text.push(structText(struct, shared.length > 0 ? shared : ['__u64 unused']));
      const ctx = this.members.has('ctx') ? ['vars->ctx = ctx;'] : [];
      this.locals.unshift(`struct ${struct} locals = {}, *vars = &locals;`, ...ctx);
    }
    const locals = this.locals.map(line => `\t${line}`);
    if (this.usesScratch) this.defineScratch(scratch);
    if (this.functions.length > 0) module.text.push(...this.functions);
    const [first] = module.source.slice(instance.point.range).split('\n');
    const lineNumber = module.source.position(instance.point.range.start).line + 1;
    const comment = `/* ${probe.name === first ? '' : `${probe.name}, `}line ${lineNumber}: ${this.#sourceLine(lineNumber - 1)} */`;
    const on = probe.row.name === 'end' ? [] : ['\tif (!on)', '\t\treturn 0;'];
    const pid = this.#pidFilter();
    const lookup = [`\tstruct ${scratch} *scratch = bpf_map_lookup_elem(&${scratch}_map, &zero);`];
    if (guarded) {
      body.push(
        comment,
        `static __always_inline int ${symbol}_body(${context}ctx, struct ${scratch} *scratch)`,
        '{',
        ...locals,
        ...this.lines,
        RESTORE_LINE,
        '\treturn 0;',
        '}',
        '',
        `SEC("${section}")`,
        `int ${symbol}(${context}ctx)`,
        '{',
        ...lookup,
        '',
        ...on,
        ...pid,
        '\tif (!scratch)',
        '\t\treturn 0;',
        '\tif (__sync_fetch_and_add(&scratch->users, 1))',
        '\t\tcount_lost(LOST_SCRATCH);',
        '\telse',
        `\t\t${symbol}_body(ctx, scratch);`,
        '\t__sync_fetch_and_add(&scratch->users, -1);',
        '\treturn 0;',
        '}',
      );
    } else {
      const find = this.usesScratch
        ? [...lookup, '', ...on, ...pid, '\tif (!scratch)', '\t\treturn 0;']
        : [...on, ...pid];
      body.push(
        comment,
        `SEC("${section}")`,
        `int ${symbol}(${context}ctx)`,
        '{',
        ...find,
        ...locals,
        ...this.lines,
        RESTORE_LINE,
        '\treturn 0;',
        '}',
      );
    }
    module.text.push(body.join('\n'));
    module.programs.push({
      symbol,
      probe: probe.name,
      attach,
      span: module.source.span(instance.point.range),
    });
  }

  /**
   * A tracepoint whose arguments nobody reads is attached as a raw one: its hits and its detaching cost a
   * fraction. System calls share two raw events, so theirs stay as they are.
   */
  #attachment(): { section: string; attach: AttachSpec } {
    const { probe } = this;
    const { attach } = probe;
    if (attach.kind === 'tracepoint' && !this.usesArgs && attach.category !== 'syscalls') {
      const raw = this.options.target.type(`btf_trace_${attach.event}`);
      if (raw) return { section: 'raw_tp', attach: { kind: 'raw_tracepoint', event: attach.event } };
    }
    return { section: probe.row.section(probe), attach };
  }

  protected contextType(): string {
    const { probe } = this;
    return probe.args && !this.usesArgs ? 'void *' : probe.row.context(probe);
  }

  #sourceLine(line: number): string {
    const text = (this.module.source.text.split('\n')[line] ?? '').trim().replaceAll('*/', '* /');
    return text.length > 90 ? `${text.slice(0, 89)}…` : text;
  }

  #pidFilter(): string[] {
    const { pid } = this.options;
    if (pid === undefined || this.probe.row.name !== 'tracepoint') return [];
    return [`\tif (bpf_get_current_pid_tgid() >> 32 != ${pid})`, '\t\treturn 0;'];
  }
}
