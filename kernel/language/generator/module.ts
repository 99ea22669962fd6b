/** The C file: everything outside of programs, put together at the end. */

import type { ErrorCode, Span } from '../../errors.ts';
import type {
  CellLayout,
  DataType,
  Field,
  LostKind,
  MapLayout,
  ProgramLayout,
  RecordAction,
  RecordLayout,
} from '../../layout.ts';
import { expandedFrom, type Reporter, type Source } from '../diagnostics.ts';
import type { Range } from '../nodes.ts';
import type { CheckedProgram } from '../symbols.ts';
import { cString } from '../tables/builtins.ts';
import type { CompileOptions } from '../target.ts';
import type { Type } from '../types.ts';
import { GivenVariables } from './given.ts';
import { importedC } from './imported.ts';
import { type MapPlan, planMap } from './maps.ts';
import { type Member, Storage, structText } from './storage.ts';

/** What the map definitions name; the types of helpers and of our own header are in each vmlinux.h. */
const BASE_TYPES = ['bpf_map_type'];

/** Bytes of a map's value that the header provides for. */
const COMMON_VALUE = 1024;

/** What any program may lose: `enum lost_reason` in bpf/ebpfnb/bpftrace.h, in the same order. */
const LOST: readonly { kind: LostKind }[] = [
  { kind: 'record' },
  { kind: 'scratch' },
  { kind: 'kstack' },
  { kind: 'ustack' },
  { kind: 'exit' },
];

/** Bytes of the ring where nobody says otherwise; bpf/ebpfnb/bpftrace.h has the same. */
const COMMON_RING = 16 << 20;
const PAGE = 4096;

export interface RecordPlan {
  layout: RecordLayout;
  /** C name of the struct. */
  struct: string;
}

/** A member of the struct that a tracepoint's program is given, as C. */
export interface ArgsMember {
  name: string;
  offset: number;
  size: number;
  c: string;
}

interface ArgsStruct {
  /** Where its definition stands in the text. */
  place: number;
  members: Map<string, ArgsMember>;
}

export class Module {
  readonly storage = new Storage();
  readonly records: RecordPlan[] = [];
  readonly maps = new Map<string, MapPlan>();
  readonly programs: ProgramLayout[] = [];
  readonly types = new Set(BASE_TYPES);
  /** Headers behind ebpfnb/bpftrace.h, with what few programs need. */
  readonly headers = new Set<string>();
  /** Structs, scratch maps and programs, in order. */
  readonly text: string[] = [];
  readonly #argsStructs = new Map<string, ArgsStruct>();
  readonly #symbols = new Set<string>();
  readonly #constants = new Set<string>();
  readonly #expansions: Range[] = [];
  readonly #linuxSymbols = new Map<string, Span>();
  readonly given = new GivenVariables();
  /** Maps that may take no more elements, by the user's names, in the order in which what they lose is counted. */
  readonly #fillable: string[] = [];

  constructor(
    readonly program: CheckedProgram,
    readonly options: CompileOptions,
    readonly reporter: Reporter,
    keyNames: Map<string, string[]>,
  ) {
    const { config } = program;
    for (const info of program.maps.values()) {
      this.maps.set(
        info.name,
        planMap(
          info,
          keyNames.get(info.name),
          this.storage,
          info.borrowed?.maxEntries ?? config.max_map_keys,
          config.print_maps_on_exit && !info.borrowed,
        ),
      );
    }
  }

  get source(): Source {
    return this.reporter.source;
  }

  report(code: ErrorCode, values: Record<string, string | number>, at: Range): void {
    this.reporter.report(code, values, at);
  }

  /** The plan of a map that the program uses. */
  map(name: string): MapPlan {
    return this.maps.get(name)!;
  }

  /** Where the updates are counted that a map did not take, in C. */
  lostUpdate({ info }: MapPlan): string {
    if (!this.#fillable.includes(info.name)) this.#fillable.push(info.name);
    return `LOST_UPDATE + ${this.#fillable.indexOf(info.name)}`;
  }

  /** A C function name made of a probe's name. A kind of probe alone is the name of a section, too. */
  symbol(probe: string): string {
    const base = probe.replaceAll(/[^A-Za-z0-9_]+/g, '_').replace(/_$/, '');
    for (let n = 1; ; n++) {
      const symbol = n === 1 && base.includes('_') ? base : `${base}_${n}`;
      if (!this.#symbols.has(symbol)) {
        this.#symbols.add(symbol);
        return symbol;
      }
    }
  }

  /**
   * An argument of a tracepoint, at the offset of its format text. Those that no probe asks for are left out: they may
   * differ between versions of Linux that are the same for the program.
   */
  argument(struct: string, member: ArgsMember): void {
    let found = this.#argsStructs.get(struct);
    if (!found) {
      found = { place: this.text.length, members: new Map() };
      this.#argsStructs.set(struct, found);
      // Defined in front of the first program that needs it, once all members are known.
      this.text.push('');
    }
    found.members.set(member.name, member);
  }

  #defineArguments(): void {
    for (const [struct, { place, members }] of this.#argsStructs) {
      const lines: string[] = [];
      let at = 0;
      for (const member of [...members.values()].sort((a, b) => a.offset - b.offset)) {
        if (member.offset < at) continue;
        if (member.offset > at) lines.push(`__u8 gap_${at}[${member.offset - at}]`);
        lines.push(member.c);
        at = member.offset + member.size;
      }
      this.text[place] = structText(struct, lines).replace(/;$/, ' __attribute__((packed, aligned(8)));');
    }
  }

  /** Defines a table of strings once. */
  constants(name: string, texts: readonly string[], width: number): void {
    const symbol = `${name}_texts`;
    if (this.#constants.has(symbol)) return;
    this.#constants.add(symbol);
    const rows = texts.map(text => `\t${cString(text)},`).join('\n');
    this.text.push(`static const char ${symbol}[${texts.length}][${width}] = {\n${rows}\n};`);
  }

  /** Declares a symbol of Linux's own once. */
  address(symbol: string, at: Range): string {
    this.declare(symbol, `extern const void ${symbol} __ksym;`, at);
    return `(__u64)&${symbol}`;
  }

  /** Declares a per-CPU variable once, with a type that Linux takes for its own. */
  perCpu(symbol: string, type: Type, at: Range): string {
    if (type.kind === 'struct') this.types.add(type.name.replace(/^(?:struct|union) /, ''));
    const c = type.kind === 'struct' ? type.name : type.kind === 'pointer' ? pointerText(type) : '__u64';
    this.declare(symbol, `extern const ${c} ${symbol} __ksym;`, at);
    return `&${symbol}`;
  }

  /** Declares what is Linux's own once. */
  declare(symbol: string, text: string, at: Range): void {
    if (this.#linuxSymbols.has(symbol)) return;
    this.#linuxSymbols.set(symbol, this.source.span(at));
    this.text.push(text);
  }

  /** Writes the body of a macro that is called here; what is no such body has no call. */
  inside(call: Range | undefined, body: () => void): void {
    if (call) this.#expansions.push(call);
    body();
    if (call) this.#expansions.pop();
  }

  /** A new kind of record. `u32 id` stands at offset 0. */
  record(name: string, members: Member[], shown: string[], action: RecordAction, at: Range): RecordPlan {
    const id = this.records.length + 1;
    const struct = `record_${id}`;
    const { members: text, fields, size } = this.storage.layout(members, 4);
    this.text.push(structText(struct, ['__u32 id', ...text]));
    const calls = expandedFrom(at, this.#expansions);
    const named: Field[] = fields.map((field, i) => ({ ...field, name: shown[i] ?? field.name }));
    const layout: RecordLayout = {
      id,
      ring: 'events',
      name,
      size,
      fields: named,
      action,
      span: this.source.span(at),
      ...(calls.length > 0 ? { expandedFrom: calls.map(call => this.source.span(call)) } : {}),
    };
    const plan = { layout, struct };
    this.records.push(plan);
    return plan;
  }

  finish(): { c: string; types: string[]; layout: CellLayout } {
    this.#defineArguments();
    const { program } = this;
    const u32: DataType = { kind: 'int', size: 4, signed: false };
    const maps = [...this.maps.values()];
    const { pidNamespace } = this.options;
    if (pidNamespace) this.types.add('bpf_pidns_info');
    const globals = this.given.definitions;
    const ring = 2 ** Math.ceil(Math.log2(program.config.perf_rb_pages)) * PAGE;
    const mostValue = Math.max(0, ...maps.map(({ layout }) => layout.valueSize));
    const parts = [
      '/* Generated from a bpftrace program. */',
      [
        '#include "vmlinux.h"',
        '#include <bpf/bpf_helpers.h>',
        '#include <bpf/bpf_tracing.h>',
        '#include <bpf/bpf_core_read.h>',
        // In front of our own header, whose names it need not know.
        ...program.sources.map(source => importedC(source, this.types)),
        ...(mostValue > COMMON_VALUE ? [`#define MOST_VALUE ${mostValue}`] : []),
        ...(pidNamespace
          ? [
              `#define PID_NAMESPACE_DEVICE ${pidNamespace.device}`,
              `#define PID_NAMESPACE_INODE ${pidNamespace.inode}`,
            ]
          : []),
        ...(this.#fillable.length > 0 ? [`#define LOST_MAPS ${this.#fillable.length}`] : []),
        ...(ring === COMMON_RING ? [] : [`#define EVENTS_SIZE ${ring}`]),
        '#include <ebpfnb/bpftrace.h>',
        ...[...this.headers].map(name => `#include <${name}>`),
      ].join('\n'),
      `char LICENSE[] SEC("license") = "${program.config.license}";`,
      ...(globals.length > 0 ? [globals.join('\n')] : []),
      ...this.storage.definitions,
      ...maps.map(map => map.text),
      ...this.text,
    ];
    const internal: MapLayout = {
      name: 'events',
      symbol: 'events',
      type: 'ringbuf',
      perCpu: false,
      keySize: 0,
      value: u32,
      valueSize: 0,
      maxEntries: ring,
      internal: true,
      printAtEnd: false,
    };
    return {
      c: restoreLines(`${parts.join('\n\n')}\n`),
      types: [...this.types],
      layout: {
        programs: this.programs,
        maps: [...maps.map(map => map.layout), internal],
        records: this.records.map(record => record.layout),
        globals: this.given.layout,
        taggedRings: ['events'],
        ...(this.#linuxSymbols.size > 0 ? { symbols: Object.fromEntries(this.#linuxSymbols) } : {}),
        ...(!program.config.cpp_demangle ? { mangled: true } : {}),
        ...(!program.config.show_debug_info ? { withoutLines: true } : {}),
        onFlag: { section: '.data.on', offset: 0 },
        lost: {
          array: 'lost',
          counts: [...LOST, ...this.#fillable.map(map => ({ kind: 'update' as const, map }))],
        },
      },
    };
  }
}

/** `struct x *`, as far as the pointee has a name. */
const pointerText = ({ to }: Type & { kind: 'pointer' }): string =>
  to.kind === 'struct' ? `${to.name} *` : to.kind === 'pointer' ? `${pointerText(to)}*` : 'void *';

/** Marks where generated text goes on behind the cell's own lines. */
export const RESTORE_LINE = '#line restore';

/** The same C for people to read: without the directives that say where each line comes from. */
export const readable = (c: string) => c.replaceAll(/^#line .*\n/gm, '');

/** Gives the marked places the line numbers that they have in the generated file. */
function restoreLines(c: string): string {
  return c
    .split('\n')
    .map((line, i) => (line === RESTORE_LINE ? `#line ${i + 2} "generated.bpf.c"` : line))
    .join('\n');
}
