/** Writes one program: a probe's block as a C function. */
import type { AttachSpec, DataType, RecordAction } from '../../layout.ts';
import type { Expression, MapNode, Range, VariableNode } from '../nodes.ts';
import type { Config, ProbeInstance, ProbePoint, VariableInfo } from '../symbols.ts';
import type { CompileOptions } from '../target.ts';
import type { Type } from '../types.ts';
import type { Generator, RecordValue } from './api.ts';
import { writeInto, writeValue } from './expressions.ts';
import { findElement, writeKey } from './mapAccess.ts';
import { type Module, RESTORE_LINE } from './module.ts';
import { safeName } from './names.ts';
import { copyBytes } from './pointers.ts';
import { sendRecord } from './records.ts';
import { writeBlock, writeCondition } from './statements.ts';
import { inMemory, structText } from './storage.ts';
import { constantText } from './strings.ts';

interface Slot {
  name: string;
  size: number;
  busy: boolean;
}

export class ProgramWriter implements Generator {
  readonly #lines: string[] = [];
  #indent = 1;
  #line = -1;
  readonly #names = new Set<string>();
  readonly #slots: Slot[] = [];
  readonly #variables = new Map<VariableInfo, string>();
  /** Declarations in front of the body. */
  readonly #locals: string[] = [];
  readonly #scratchMembers: string[] = [];
  #usesScratch = false;
  #stack = 0;
  /** Members of `vars`: what callbacks share with the probe. */
  readonly #shared = new Map<string, string>();
  readonly #functions: string[] = [];
  #callbacks = 0;
  #callbackDepth = 0;
  /** Inside of a C loop, within the callback if there is one. */
  innerLoop = false;
  readonly #hasCallbacks: boolean;
  readonly symbol: string;
  /** Arguments are read by name, so the context needs its struct. */
  usesArgs = false;

  constructor(
    readonly module: Module,
    readonly instance: ProbeInstance,
  ) {
    this.symbol = module.symbol(instance.point.name);
    this.#hasCallbacks = hasFor(instance.body);
  }

  get probe(): ProbePoint {
    return this.instance.point;
  }
  get options(): CompileOptions {
    return this.module.options;
  }
  get config(): Config {
    return this.module.program.config;
  }

  // --- text -------------------------------------------------------------------------------------

  emit(line: string): void {
    if (this.#line >= 0) this.#lines.push(`#line ${this.#line + 1} "cell.bt"`);
    this.#lines.push('\t'.repeat(this.#indent) + line);
  }

  block(head: string, body: () => void): void {
    this.emit(`${head} {`);
    this.#indent++;
    body();
    this.#indent--;
    this.emit('}');
  }

  /** What follows comes from this place of the cell. */
  at(range: Range): void {
    this.#line = this.module.source.position(range.start).line;
  }

  /** Number of lines written: tells whether lowering an expression needed statements. */
  get mark(): number {
    return this.#lines.length;
  }

  /** Takes back the lines written since a mark, to put them elsewhere. */
  cut(mark: number): string[] {
    return this.#lines.splice(mark);
  }

  paste(lines: string[]): void {
    this.#lines.push(...lines);
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

  // --- memory -----------------------------------------------------------------------------------

  /** Bytes in the per-CPU scratch value. Slots are used again by later statements and grow as needed. */
  temporary(size: number): string {
    this.#usesScratch = true;
    const rounded = Math.ceil(size / 8) * 8;
    let slot = this.#slots.find(s => !s.busy && s.size >= rounded) ?? this.#slots.find(s => !s.busy);
    if (!slot) {
      slot = { name: `slot_${this.#slots.length + 1}`, size: rounded, busy: false };
      this.#slots.push(slot);
    }
    slot.size = Math.max(slot.size, rounded);
    slot.busy = true;
    return `scratch->${slot.name}`;
  }

  /** Frees the slots that were taken while `body` ran. */
  statement(body: () => void): void {
    const before = new Set(this.#slots.filter(s => s.busy));
    body();
    for (const slot of this.#slots) slot.busy = before.has(slot);
  }

  /** Memory of a type for the rest of the statement, small ones on the stack, zeroed; an lvalue. */
  storage(type: Type, hint: string): string {
    const [size] = this.module.storage.sizeAndAlign(type);
    return this.room(this.module.storage.declare(type, '@'), size, hint);
  }

  /** As {@link storage}, for a declaration in which `@` stands for the name. */
  room(declaration: string, size: number, hint: string): string {
    const limit = this.config.on_stack_limit;
    if (size <= Math.max(limit, 16) && this.#stack + size <= 192) {
      this.#stack += size;
      const name = this.fresh(hint);
      this.emit(`${declaration.replace('@', name)} = {};`);
      return name;
    }
    const slot = this.temporary(size);
    const pointer = this.fresh(hint);
    this.emit(`clear_memory(${slot}, ${size});`);
    if (/^char @/.test(declaration) || /^__u8 @/.test(declaration)) {
      this.emit(`${declaration.split(' ')[0]} *${pointer} = (void *)${slot};`);
      return pointer;
    }
    this.emit(`${declaration.replace('@', `*${pointer}`)} = (void *)${slot};`);
    return `(*${pointer})`;
  }

  /** The lvalue of a scratch variable. */
  variable(info: VariableInfo): string {
    const known = this.#variables.get(info);
    if (known) return known;
    const name = this.fresh(info.name.slice(1));
    const { storage } = this.module;
    const [size] = storage.sizeAndAlign(info.type);
    let lvalue = name;
    if (inMemory(info.type) && (size > this.config.on_stack_limit || this.#stack + size > 192)) {
      this.#usesScratch = true;
      this.#scratchMembers.push(`${storage.declare(info.type, name)} __attribute__((aligned(8)))`);
      lvalue = `scratch->${name}`;
      this.#locals.push(`clear_memory(&${lvalue}, ${size});`);
    } else {
      this.#stack += size;
      if (this.#hasCallbacks) {
        this.#shared.set(name, storage.declare(info.type, name));
        lvalue = `vars->${name}`;
      } else this.#locals.push(`${storage.declare(info.type, name)} = ${inMemory(info.type) ? '{}' : '0'};`);
    }
    this.#variables.set(info, lvalue);
    return lvalue;
  }

  // --- what rows ask for ------------------------------------------------------------------------

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
  leave(): void {
    if (this.inCallback) this.emit(`${this.returned()} = 1;`);
    this.emit(`return ${this.inCallback ? 1 : 0};`);
  }

  // --- callbacks --------------------------------------------------------------------------------

  /** Set where a callback ended its probe; an lvalue. */
  returned(): string {
    return this.#shared.has('returned') ? 'vars->returned' : this.shared('_Bool', 'returned');
  }

  /** A local that callbacks see too. */
  shared(type: string, hint: string): string {
    const name = this.fresh(hint);
    this.#shared.set(name, `${type} ${name}`);
    return `vars->${name}`;
  }

  /** Writes a callback and gives its name. */
  callback(parameters: string, body: () => void): string {
    const name = `${this.symbol}_loop_${++this.#callbacks}`;
    const lines = this.#lines.splice(0);
    const [indent, inner] = [this.#indent, this.innerLoop];
    this.#indent = 1;
    this.innerLoop = false;
    this.#callbackDepth++;
    body();
    this.#callbackDepth--;
    this.innerLoop = inner;
    this.#indent = indent;
    const own = this.#lines.splice(0);
    const scratch = own.some(line => line.includes('scratch->'))
      ? [
          `\tstruct scratch_${this.symbol} *scratch = bpf_map_lookup_elem(&scratch_${this.symbol}_map, &zero);`,
          '',
          '\tif (!scratch)',
          '\t\treturn 1;',
        ]
      : [];
    const context = own.some(line => /\bctx\b/.test(line)) ? [`\t${this.#context()}ctx = vars->ctx;`] : [];
    this.#functions.push(
      [
        `static long ${name}(${parameters}, struct vars_${this.symbol} *vars)`,
        '{',
        ...context,
        ...scratch,
        ...own,
        RESTORE_LINE,
        '\treturn 0;',
        '}',
      ].join('\n'),
    );
    if (context.length > 0) this.#shared.set('ctx', 'void *ctx');
    this.#lines.push(...lines);
    return name;
  }

  get inCallback(): boolean {
    return this.#callbackDepth > 0;
  }

  /** Within `body`, break and continue are C's own. */
  inLoop(body: () => void): void {
    const before = this.innerLoop;
    this.innerLoop = true;
    body();
    this.innerLoop = before;
  }

  // --- the whole --------------------------------------------------------------------------------

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
    const context = this.#context();
    const scratch = `scratch_${symbol}`;
    const body: string[] = [];
    const guarded = this.#usesScratch && probe.row.preemptible;
    const shared = [...this.#shared.values()];
    if (this.#hasCallbacks) {
      const struct = `vars_${symbol}`;
      this.module.text.push(structText(struct, shared.length > 0 ? shared : ['__u64 unused']));
      const ctx = this.#shared.has('ctx') ? ['vars->ctx = ctx;'] : [];
      this.#locals.unshift(`struct ${struct} locals = {}, *vars = &locals;`, ...ctx);
    }
    const locals = this.#locals.map(line => `\t${line}`);
    if (this.#usesScratch) this.#defineScratch(scratch);
    if (this.#functions.length > 0) module.text.push(...this.#functions);
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
        ...this.#lines,
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
      const find = this.#usesScratch
        ? [...lookup, '', ...on, ...pid, '\tif (!scratch)', '\t\treturn 0;']
        : [...on, ...pid];
      body.push(
        comment,
        `SEC("${section}")`,
        `int ${symbol}(${context}ctx)`,
        '{',
        ...find,
        ...locals,
        ...this.#lines,
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

  #context(): string {
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

  #defineScratch(name: string): void {
    const members = [
      '__u64 users',
      ...this.#scratchMembers,
      ...this.#slots.map(s => `char ${s.name}[${s.size}] __attribute__((aligned(8)))`),
    ];
    this.module.text.push(
      `${structText(name, members)}\n\nstruct {\n\t__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);\n\t__uint(max_entries, 1);\n` +
        `\t__type(key, __u32);\n\t__type(value, struct ${name});\n} ${name}_map SEC(".maps");`,
    );
  }
}

/** Is there a for loop in it? */
function hasFor(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if ((node as { kind?: string }).kind === 'for') return true;
  return Object.entries(node).some(([name, part]) => name !== 'type' && name !== 'variable' && hasFor(part));
}
