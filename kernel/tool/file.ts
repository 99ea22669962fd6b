/** The file of a tool, which docs/tool.md describes: a line to start it by, a line of JSON, the object. Pure. */
import { createHash } from 'node:crypto';
import { CellError, problem } from '../errors.ts';
import type { PreambleText } from '../language/index.ts';
import type { CellLayout } from '../layout.ts';
import type { Variable } from '../protocol.ts';

/** A program with all that is needed to run it on a machine without clang. */
export interface Tool {
  /** Of the source, without its folder. */
  name: string;
  language: 'bpftrace' | 'bpf-c';
  /** For its options, and for messages. */
  source: string;
  /** Where and by which version it was built. */
  built: { by: string; linux: string; arch: string };
  /** What can be set as it starts, with the values that they have otherwise. */
  parameters: Variable[];
  /** Programs, records, maps and globals: how what comes of it is shown. */
  layout: CellLayout;
  /** Of a bpftrace program: the C that it became, and what it was given. */
  generated?: Generated;
  elf: Uint8Array;
}

export interface Generated {
  c: string;
  positional: string[];
  named: Record<string, string>;
  config: Record<string, string>;
  /** The values of options are in the C. */
  fixedOptions?: boolean;
  /** The C in front of it, as clang's preprocessor left it. */
  preamble?: PreambleText[];
}

/** What files of tools are called. */
export const TOOL_SUFFIX = '.ebpf';

const FIRST_LINE = '#!/usr/bin/env -S ebpfnb trace';
/** Raise when the meaning of the JSON changes. */
const FORMAT = 1;
const NEWLINE = 10;

interface Head extends Omit<Tool, 'elf'> {
  format: number;
  object: { bytes: number; sha256: string };
}

/** Without these, nothing can be said of a tool. */
const MEMBERS = ['name', 'language', 'source', 'built', 'parameters', 'layout', 'object'] as const;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export function encodeTool({ elf, ...about }: Tool): Buffer {
  const head: Head = { format: FORMAT, ...about, object: { bytes: elf.length, sha256: sha256(elf) } };
  return Buffer.concat([Buffer.from(`${FIRST_LINE}\n${JSON.stringify(head)}\n`), elf]);
}

/** Whether a file is one, by how it begins. */
export const isTool = (bytes: Buffer): boolean =>
  bytes.toString('latin1', 0, FIRST_LINE.length) === FIRST_LINE;

/** @throws CellError `tool-damaged`, `tool-format` */
export function decodeTool(bytes: Buffer, file: string): Tool {
  const start = FIRST_LINE.length + 1;
  const end = bytes.indexOf(NEWLINE, start);
  const { format: _, object, ...about } = readHead(bytes.subarray(start, Math.max(end, start)), file);
  const elf = bytes.subarray(end + 1);
  if (elf.length !== object.bytes || sha256(elf) !== object.sha256)
    throw damaged(file, 'the object in it is not the one that was written');
  return { ...about, elf };
}

function readHead(line: Buffer, file: string): Head {
  const head = parsed(line);
  if (typeof head?.format !== 'number') throw damaged(file, 'its second line does not describe a tool');
  const { format } = head;
  if (format !== FORMAT) throw new CellError([problem('tool-format', { file, format, known: FORMAT })]);
  const missing = MEMBERS.find(name => !head[name]);
  if (missing) throw damaged(file, `it does not say its ${missing}`);
  return head as Head;
}

/** Undefined for what is not JSON. */
function parsed(line: Buffer): Partial<Head> | undefined {
  try {
    return JSON.parse(line.toString('utf8')) as Partial<Head>;
  } catch {
    return undefined;
  }
}

const damaged = (file: string, reason: string) => new CellError([problem('tool-damaged', { file, reason })]);
