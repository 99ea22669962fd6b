/** Writes one program: a probe's block as a C function. */
import type { AttachSpec, DataType, RecordAction } from '../../layout.ts';
import type { Expression, MapNode, OptionValue, Range, VariableNode } from '../nodes.ts';
import type { ProbeName } from '../tables/rows.ts';
import type { AddressSpace, Type } from '../types.ts';
import type { Generator, RecordValue, RunFact } from './api.ts';
import { writeInto, writeValue } from './expressions.ts';
import { FIND_SCRATCH, Frame } from './frame.ts';
import { readText, reportHelper } from './helperErrors.ts';
import { findElement, readStats, writeKey } from './mapAccess.ts';
import { RESTORE_LINE } from './module.ts';
import { copyBytes } from './pointers.ts';
import { sendRecord } from './records.ts';
import { writeBlock, writeCondition } from './statements.ts';
import { structText } from './storage.ts';
import { constantText } from './strings.ts';

/** Probes that Linux attaches for all processes alike. */
const EVERYWHERE: readonly ProbeName[] = [
  'tracepoint',
  'rawtracepoint',
  'kprobe',
  'kretprobe',
  'fentry',
  'fexit',
];

/** What stands around the statements of a C function. */
interface FunctionShape {
  comment: string;
  /** Lines in front of its head. */
  before: string[];
  /** What it gives back, with a blank behind. */
  type: string;
  name: string;
  parameters: string;
  /** The parameters as they are handed on. */
  passed: string;
  /** Whether it shall run at all. */
  checks: string[];
  /** May be preempted by itself, which then finds its scratch memory in use. */
  guarded: boolean;
  /** Its result matters. */
  answers?: boolean;
}

export class ProgramWriter extends Frame implements Generator {
  #object?: number;

  value(expression: Expression): string {
    return writeValue(this, expression);
  }
  into(expression: Expression, destination: string, size: number): string {
    return writeInto(this, expression, destination, size);
  }
  send(name: string, values: RecordValue[], action: RecordAction, at: Range): void {
    sendRecord(this, name, values, action, at);
  }
  copy(destination: string, size: number | string, expression: Expression): void {
    copyBytes(this, destination, size, expression);
  }
  readString(
    space: AddressSpace,
    destination: string,
    size: number | string,
    address: string,
    at: Range,
  ): string {
    return readText(this, space, destination, size, address, at);
  }
  reportHelper(helper: string, code: string, at: Range): void {
    reportHelper(this, helper, code, at);
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
  linuxFunction(name: string, declaration: string, at: Range): void {
    this.module.declare(name, declaration, at);
  }
  perCpu(symbol: string, type: Type, at: Range): string {
    return this.module.perCpu(symbol, type, at);
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
  include(header: string): void {
    this.module.headers.add(header);
  }
  dataType(type: Type): DataType {
    return this.module.storage.dataType(type);
  }
  needObject(offset: number): void {
    this.#object = offset;
  }
  stats(map: MapNode) {
    return readStats(this, map);
  }
  needOwnFrames(): void {
    this.ownFrames = true;
  }
  fact(name: RunFact): string {
    return this.module.given.fact(name);
  }
  option(option: OptionValue): string {
    return this.module.given.option(option);
  }
  leave(answer = '0'): void {
    if (this.inCallback) {
      this.emit(`${this.returned()} = 1;`);
      if (answer !== '0') this.emit(`${this.answer()} = ${answer};`);
    }
    this.emit(`return ${this.inCallback ? 1 : answer};`);
  }

  /** What a `return` with a value gives back: only trials are asked, other programs say 0 whatever happens. */
  result(value: string, _: Expression): string {
    if (this.probe.attach.kind === 'trial') return `(int)(${value})`;
    if (value.includes('(')) this.emit(`${value};`);
    return '0';
  }

  write(): void {
    const { instance, probe, symbol } = this;
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
    const half = probe.way === 'kprobe.session';
    const context = this.contextType();
    const { range } = instance.point;
    const [first] = this.module.source.slice(range).split('\n');
    const on = probe.row.name === 'end' ? [] : ['\tif (!on)', '\t\treturn 0;'];
    this.define({
      comment: `${probe.name === first ? '' : `${probe.name}, `}${this.describe(range)}`,
      before: half ? [] : [`SEC("${section}")`],
      type: half ? 'static __noinline int ' : 'int ',
      name: symbol,
      parameters: `${context}ctx`,
      passed: 'ctx',
      checks: [...on, ...this.#pidFilter(), ...this.#objectCheck()],
      guarded: Boolean(probe.row.preemptible),
    });
    if (!half) this.list(symbol, attach);
  }

  /** Makes it a program that is attached; `exit` names the other probe that it is for. */
  list(symbol: string, attach: AttachSpec, exit?: string): void {
    const { module, probe } = this;
    const { missing_probes: missing } = this.config;
    const optional = missing === 'error' ? {} : { optional: missing };
    const span = module.source.span(probe.range);
    const also = exit === undefined ? {} : { exit };
    module.programs.push({ symbol, probe: probe.name, ...also, attach, ...optional, span });
  }

  /** `line 3: text of the line` */
  protected describe({ start }: Range): string {
    const { source } = this.module;
    const text = source.line(start).trim().replaceAll('*/', '* /');
    const file = source.file(start);
    const shown = text.length > 90 ? `${text.slice(0, 89)}…` : text;
    return `${file === undefined ? '' : `${file}, `}line ${source.position(start).line + 1}: ${shown}`;
  }

  /** Puts what was written into a C function. */
  protected define(shape: FunctionShape): void {
    const { module } = this;
    const { comment, before, type, name, parameters, passed, checks } = shape;
    if (this.hasCallbacks) {
      const struct = `vars_${name}`;
      const shared = [...this.members.values()];
      module.text.push(structText(struct, shared.length > 0 ? shared : ['__u64 unused']));
      const ctx = this.members.has('ctx') ? ['vars->ctx = ctx;'] : [];
      this.locals.unshift(`struct ${struct} locals = {}, *vars = &locals;`, ...ctx);
    }
    const scratch = `scratch_${name}`;
    if (this.usesScratch) this.defineScratch(scratch);
    const find = this.findScratch(scratch);
    module.text.push(...this.functions.map(text => text.replaceAll(FIND_SCRATCH, find)));
    const lookup = [find];
    const locals = this.locals.map(line => `\t${line}`);
    const body = [...locals, ...this.lines, RESTORE_LINE, '\treturn 0;', '}'];
    const text = [`/* ${comment} */`];
    if (this.usesScratch && shape.guarded) {
      const given = parameters === 'void' ? '' : `${parameters}, `;
      const result = shape.answers ? ['\t__s64 result = 0;'] : [];
      text.push(
        `static __always_inline ${type}${name}_body(${given}struct ${scratch} *scratch)`,
        '{',
        ...body,
        '',
        ...before,
        `${type}${name}(${parameters})`,
        '{',
        ...lookup,
        ...result,
        '',
        ...checks,
        '\tif (!scratch)',
        '\t\treturn 0;',
        '\tif (__sync_fetch_and_add(&scratch->users, 1))',
        '\t\tcount_lost(LOST_SCRATCH);',
        '\telse',
        `\t\t${shape.answers ? 'result = ' : ''}${name}_body(${passed}${passed ? ', ' : ''}scratch);`,
        '\t__sync_fetch_and_add(&scratch->users, -1);',
        `\treturn ${shape.answers ? 'result' : '0'};`,
        '}',
      );
    } else {
      const found = this.usesScratch
        ? [...lookup, '', ...checks, '\tif (!scratch)', '\t\treturn 0;']
        : checks;
      text.push(...before, `${type}${name}(${parameters})`, '{', ...found, ...body);
    }
    module.text.push(text.join('\n'));
  }

  /**
   * A tracepoint whose arguments nobody reads is attached as a raw one: its hits and its detaching cost a
   * fraction. Its frames would differ, too, so not where they are looked at. System calls share two raw events, so theirs stay as they are.
   */
  #attachment(): { section: string; attach: AttachSpec } {
    const { probe } = this;
    const { attach } = probe;
    if (attach.kind === 'tracepoint' && !this.usesArgs && !this.ownFrames && attach.category !== 'syscalls') {
      const raw = this.options.target.type(`btf_trace_${attach.event}`);
      if (raw) return { section: 'raw_tp', attach: { kind: 'raw_tracepoint', event: attach.event } };
    }
    return { section: probe.row.section(probe), attach };
  }

  protected contextType(): string {
    const { probe } = this;
    // A struct that is made of the fields is there only for who reads them.
    const isStruct = probe.args?.some(({ word }) => word === undefined) ?? false;
    return isStruct && !this.usesArgs ? 'void *' : probe.row.context(probe);
  }

  #objectCheck(): string[] {
    if (this.#object === undefined) return [];
    return [`\tif (!READ(__u64, (__u64)ctx + ${this.#object}))`, '\t\treturn 0;'];
  }

  #pidFilter(): string[] {
    const { pid } = this.options;
    if (pid === undefined || !EVERYWHERE.includes(this.probe.row.name)) return [];
    return [`\tif (current_ids() >> 32 != ${pid})`, '\t\treturn 0;'];
  }
}
