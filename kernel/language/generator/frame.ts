/** Where a program keeps its values: the stack, per-CPU scratch memory, and what it shares with callbacks. */
import type { Range } from '../nodes.ts';
import type { Config, ProbeInstance, ProbePoint, VariableInfo } from '../symbols.ts';
import type { CompileOptions } from '../target.ts';
import type { Type } from '../types.ts';
import { Lines } from './lines.ts';
import { type Module, RESTORE_LINE } from './module.ts';
import { inMemory, structText } from './storage.ts';

interface Slot {
  name: string;
  size: number;
  busy: boolean;
}

/** Bytes of the 512 of a BPF stack that variables and keys may take; the rest is the compiler's. */
const MOST_STACK = 192;
/** Bytes that Linux gives a per-CPU value (PCPU_MIN_UNIT_SIZE). */
const MOST_PER_CPU = 32768;
/** Bytes that Linux gives any value (KMALLOC_MAX_SIZE), and a little for itself. */
const MOST_SCRATCH = (4 << 20) - 4096;

/** Stands in callbacks until it is known how large the scratch memory gets. */
export const FIND_SCRATCH = '\tscratch is found here';

export abstract class Frame extends Lines {
  readonly #slots: Slot[] = [];
  readonly #variables = new Map<VariableInfo, string>();
  /** Declarations in front of the body. */
  protected readonly locals: string[] = [];
  readonly #scratchMembers: string[] = [];
  protected usesScratch = false;
  #stack = 0;
  #scratchBytes = 8;
  /** Members of `vars`: what callbacks share with the probe. */
  protected readonly members = new Map<string, string>();
  protected readonly functions: string[] = [];
  #callbacks = 0;
  #callbackDepth = 0;
  /** Inside of a C loop, within the callback if there is one. */
  innerLoop = false;
  protected readonly hasCallbacks: boolean;
  readonly symbol: string;
  /** Arguments are read by name, so the context needs its struct. */
  usesArgs = false;
  /** Linux's frames up to the probe are looked at. */
  ownFrames = false;

  constructor(
    readonly module: Module,
    readonly instance: ProbeInstance,
  ) {
    super();
    this.symbol = module.symbol(instance.point.name);
    this.hasCallbacks = hasFor(instance.body);
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

  /** C type of the context, with its `*`. */
  protected abstract contextType(): string;

  /** What follows comes from this place of the cell. */
  at(range: Range): void {
    this.line = this.module.source.position(range.start).line;
    this.file = this.module.source.file(range.start);
  }

  /** Bytes in the per-CPU scratch value. Slots are used again by later statements and grow as needed. */
  temporary(size: number): string {
    this.usesScratch = true;
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
    if (size <= Math.max(limit, 16) && this.#stack + size <= MOST_STACK) {
      this.#stack += size;
      const name = this.fresh(hint);
      this.emit(`${declaration.replace('@', name)} = {};`);
      return name;
    }
    const slot = this.temporary(size);
    const pointer = this.fresh(hint);
    this.emit(`clear_memory(${slot}, ${size});`);
    if (/^(char|__u8|__u64) @\[/.test(declaration)) {
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
    if (inMemory(info.type) && (size > this.config.on_stack_limit || this.#stack + size > MOST_STACK)) {
      this.usesScratch = true;
      this.#scratchBytes += Math.ceil(size / 8) * 8;
      this.#scratchMembers.push(`${storage.declare(info.type, name)} __attribute__((aligned(8)))`);
      lvalue = `scratch->${name}`;
      this.locals.push(`clear_memory(&${lvalue}, ${size});`);
    } else {
      this.#stack += size;
      if (this.hasCallbacks) {
        this.members.set(name, storage.declare(info.type, name));
        lvalue = `vars->${name}`;
      } else this.locals.push(`${storage.declare(info.type, name)} = ${inMemory(info.type) ? '{}' : '0'};`);
    }
    this.#variables.set(info, lvalue);
    return lvalue;
  }

  // --- callbacks --------------------------------------------------------------------------------

  /** Set where a callback ended its probe; an lvalue. */
  returned(): string {
    this.members.set('returned', '_Bool returned');
    return 'vars->returned';
  }

  protected readonly answerType: string = 'int';

  /** Where a callback leaves what the program shall answer. */
  answer(): string {
    this.members.set('answer', `${this.answerType} answer`);
    return 'vars->answer';
  }

  /** What the program answers behind a callback that left it. */
  get answered(): string {
    return this.members.has('answer') ? 'vars->answer' : '0';
  }

  /** A local that callbacks see too. */
  shared(type: string, hint: string): string {
    const name = this.fresh(hint);
    this.members.set(name, `${type} ${name}`);
    return `vars->${name}`;
  }

  /** Writes a callback and gives its name. */
  callback(parameters: string, body: () => void): string {
    const name = `${this.symbol}_loop_${++this.#callbacks}`;
    const lines = this.lines.splice(0);
    const [indent, inner] = [this.indent, this.innerLoop];
    this.indent = 1;
    this.innerLoop = false;
    this.#callbackDepth++;
    body();
    this.#callbackDepth--;
    this.innerLoop = inner;
    this.indent = indent;
    const own = this.lines.splice(0);
    const scratch = own.some(line => line.includes('scratch->'))
      ? [FIND_SCRATCH, '', '\tif (!scratch)', '\t\treturn 1;']
      : [];
    const context = own.some(line => /\bctx\b/.test(line)) ? [`\t${this.contextType()}ctx = vars->ctx;`] : [];
    this.functions.push(
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
    if (context.length > 0) this.members.set('ctx', 'void *ctx');
    this.lines.push(...lines);
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

  #scratchSize(): number {
    return this.#slots.reduce((sum, slot) => sum + slot.size, this.#scratchBytes);
  }

  /** Finds the scratch memory, in C. What is too large for a per-CPU value has an element for each CPU. */
  protected findScratch(name: string): string {
    const key = this.#scratchSize() > MOST_PER_CPU ? '&(__u32){bpf_get_smp_processor_id()}' : '&zero';
    return `\tstruct ${name} *scratch = bpf_map_lookup_elem(&${name}_map, ${key});`;
  }

  protected defineScratch(name: string): void {
    const bytes = this.#scratchSize();
    if (bytes > MOST_SCRATCH)
      this.module.report('scratch-size', { bytes, most: MOST_SCRATCH }, this.instance.point.range);
    const perCpu = bytes <= MOST_PER_CPU;
    const members = [
      '__u64 users',
      ...this.#scratchMembers,
      ...this.#slots.map(s => `char ${s.name}[${s.size}] __attribute__((aligned(8)))`),
    ];
    this.module.text.push(
      `${structText(name, members)}\n\nstruct {\n\t__uint(type, BPF_MAP_TYPE_${perCpu ? 'PERCPU_' : ''}ARRAY);\n` +
        `\t__uint(max_entries, ${perCpu ? 1 : this.options.target.cpus});\n` +
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
