/** Stacks: bytes → frames with names, and the frames as bpftrace, perf and tables write them. */
import type { DataType, Field, StackMode } from '../layout.ts';
import type { CodeSymbol, SourceLine, Unnamed } from '../loader/protocol.ts';
import { hexByte, type Reader } from './decode.ts';

export type StackDataType = Extract<DataType, { kind: 'stack' }>;

/** One place in a stack; the innermost frame comes first. */
export interface StackFrame {
  /** Where the call returns to; in the innermost frame, the next instruction. For a build id, its file's offset. */
  address: bigint;
  /** Undefined where nobody knows. */
  symbol?: CodeSymbol;
  /** Hexadecimal; only in build_id stacks. */
  buildId?: string;
}

const ADDRESS_BYTES = 8;
/** Linux's struct bpf_stack_build_id: s32 status, u8 build_id[20], u64 offset. */
const BUILD_ID_FRAME = { bytes: 32, status: 0, id: 4, idBytes: 20, offset: 24, known: 1 };
const INDENT = ' '.repeat(8);

/** Where the words of a stack stand, from its first byte; without `frames`, it ends with one that is zero. */
const HEADS: { [space in StackDataType['space']]: { frames?: number; size: number } } = {
  user: { frames: 8, size: 16 },
  kernel: { frames: 0, size: 8 },
  either: { size: 0 },
};

/** How many frames the stack at `at` has. */
export function frameCount(reader: Reader, type: StackDataType, at: number): number {
  const { frames } = HEADS[type.space];
  const from = reader.base + at;
  if (frames !== undefined) return Math.min(reader.view.getUint32(from + frames, true), type.limit);
  const bytes = type.mode === 'build_id' ? BUILD_ID_FRAME.bytes : ADDRESS_BYTES;
  let count = 0;
  // Zero is no address, and no status of a build id that is there.
  while (count < type.limit && reader.view.getBigUint64(from + count * bytes, true) !== 0n) count++;
  return count;
}

/** The process of a user stack; undefined for Linux's own. */
export const stackPid = (reader: Reader, type: StackDataType, at: number): number | undefined =>
  type.space === 'user' ? reader.view.getUint32(reader.base + at, true) : undefined;

/** Calls `visit` with each address that may have a name; `returns`: a call returns there. */
export function eachAddress(
  reader: Reader,
  type: StackDataType,
  at: number,
  visit: (address: bigint, returns: boolean) => void,
): void {
  const start = reader.base + at + HEADS[type.space].size;
  const count = frameCount(reader, type, at);
  for (let i = 0; i < count; i++) visit(reader.view.getBigUint64(start + i * ADDRESS_BYTES, true), i > 0);
}

/** Do frames of this mode have names? */
export const isNamed = (mode: StackMode) => mode === 'bpftrace' || mode === 'perf';

export function readStack(reader: Reader, type: StackDataType, at: number): StackFrame[] {
  if (type.mode === 'build_id') return readBuildIds(reader, type, at);
  const frames: StackFrame[] = [];
  const { names } = reader;
  const pid = stackPid(reader, type, at);
  eachAddress(reader, type, at, (address, returns) => {
    const symbol = !isNamed(type.mode)
      ? undefined
      : pid === undefined
        ? names.kernelSymbol(address)
        : names.userSymbol(address, pid, returns);
    frames.push(symbol ? { address, symbol } : { address });
  });
  return frames;
}

function readBuildIds(reader: Reader, type: StackDataType, at: number): StackFrame[] {
  const start = reader.base + at + HEADS[type.space].size;
  return Array.from({ length: frameCount(reader, type, at) }, (_, i) => {
    const frame = start + i * BUILD_ID_FRAME.bytes;
    const address = reader.view.getBigUint64(frame + BUILD_ID_FRAME.offset, true);
    if (reader.view.getInt32(frame + BUILD_ID_FRAME.status, true) !== BUILD_ID_FRAME.known)
      return { address };
    const id = reader.bytes.subarray(
      frame + BUILD_ID_FRAME.id,
      frame + BUILD_ID_FRAME.id + BUILD_ID_FRAME.idBytes,
    );
    return { address, buildId: Array.from(id, hexByte).join('') };
  });
}

/** An address as C++ streams write pointers. */
export const addressText = (address: bigint) => (address === 0n ? '0' : `0x${address.toString(16)}`);

/** `name+offset`, or the address. */
const frameName = ({ address, symbol }: StackFrame) =>
  symbol?.name === undefined ? addressText(address) : `${symbol.name}+${symbol.offset}`;

const sourceText = (source: SourceLine | undefined) => (source ? `@${source.file}:${source.line}` : '');

interface Inlined {
  name: string;
  source?: SourceLine;
}

/** How a mode writes a frame, and a call in it that the compiler put the code of instead. */
interface FrameStyle {
  frame(frame: StackFrame, type: StackDataType): string;
  inlined(call: Inlined, frame: StackFrame): string;
}

const UNNAMED_STYLE = { inlined: () => '' };

const STYLES: { [mode in StackMode]: FrameStyle } = {
  bpftrace: {
    frame: frame => INDENT + frameName(frame) + sourceText(frame.symbol?.source),
    inlined: ({ name, source }) => `${INDENT}[inlined] ${name}${sourceText(source)}`,
  },
  perf: {
    frame: (frame, { space }) => {
      const { name, module } = frame.symbol ?? {};
      const line = `\t${frame.address.toString(16)} ${frameName(frame)}`;
      // As bpftrace has it: who has no name is of no file, and Linux's modules are left out.
      return space === 'kernel' ? line : `${line} (${name === undefined ? '[unknown]' : module})`;
    },
    inlined: ({ name }, { address }) => `\t${address.toString(16)} ${name} (inlined)`,
  },
  raw: { ...UNNAMED_STYLE, frame: frame => frame.address.toString(16) },
  build_id: {
    ...UNNAMED_STYLE,
    frame: ({ address, buildId }) =>
      buildId === undefined ? address.toString(16) : `${buildId} 0x${address.toString(16).padStart(2, '0')}`,
  },
};

/** The lines of a frame: what was inlined first, innermost in front. */
function frameLines(frame: StackFrame, type: StackDataType): string[] {
  const style = STYLES[type.mode];
  const inlined = frame.symbol?.inlined ?? [];
  return [...inlined.map(call => style.inlined(call, frame)), style.frame(frame, type)];
}

/** As bpftrace prints it: a newline, then a line a frame. Only names pass through `safe`. */
export function stackText(
  reader: Reader,
  type: StackDataType,
  at: number,
  safe: (text: string) => string,
): string {
  let text = '\n';
  for (const frame of readStack(reader, type, at))
    for (const line of frameLines(escapeNames(frame, safe), type)) text += `${line}\n`;
  return text;
}

function escapeNames(frame: StackFrame, safe: (text: string) => string): StackFrame {
  if (!frame.symbol) return frame;
  const { name, module, source, inlined } = frame.symbol;
  const safely = (line: SourceLine) => ({ ...line, file: safe(line.file) });
  return {
    ...frame,
    symbol: {
      ...frame.symbol,
      ...(name === undefined ? {} : { name: safe(name) }),
      ...(module === undefined ? {} : { module: safe(module) }),
      ...(source && { source: safely(source) }),
      ...(inlined && {
        inlined: inlined.map(call => ({
          name: safe(call.name),
          ...(call.source && { source: safely(call.source) }),
        })),
      }),
    },
  };
}

/** Where programs and their threads begin: outermost frames of whole stacks. */
const ROOTS = new Set([
  '_start',
  '__libc_start_main',
  '__libc_start_main_impl',
  '__libc_start_call_main',
  '_dl_start_user',
  'start_thread',
  'clone',
  'clone3',
  '__clone',
  '__clone3',
  'runtime.goexit',
  'runtime.goexit.abi0',
  'runtime.mstart',
  'runtime.rt0_go',
  'runtime.rt0_go.abi0',
]);

/** The C library calls main from code that only its debug symbols name. */
const LIBC = /\/(?:libc|ld-musl)[^/]*$/;

/** How a stack ends before the program's beginning, in words; undefined where it does not. */
export function cutShort(frames: StackFrame[], type: StackDataType): string | undefined {
  if (frames.length >= type.limit) return `cut short: the limit is ${type.limit} frames`;
  if (type.space !== 'user' || !isNamed(type.mode) || frames.length === 0) return undefined;
  const [before, last] = [frames.at(-2)?.symbol, frames.at(-1)?.symbol];
  if (last?.name !== undefined)
    return ROOTS.has(last.name) ? undefined : 'cut short: the caller has no frame pointer';
  if (before?.name === 'main' && LIBC.test(last?.module ?? '')) return undefined;
  const isNowhere = last?.unnamed === undefined || last.unnamed === 'unmapped';
  return isNowhere
    ? 'cut short: the caller has no frame pointer'
    : 'perhaps cut short: the last code has no name that tells';
}

/** Reasons in words. */
export const UNNAMED_WORDS: { [reason in Unnamed]: string } = {
  ended: 'the process had ended before anyone could look',
  unmapped: 'no code of the process is there',
  compiled: 'made at run time; node --perf-basic-prof, java -XX:+DumpPerfMapAtExit and others tell names',
  removed: 'the file was removed or replaced while it ran',
  unreadable: 'the file cannot be read from here',
  stripped: 'the file has no symbols; a package with its debug symbols has',
};

/** The file's name without its folders. */
export const moduleName = (module: string) => module.slice(module.lastIndexOf('/') + 1);

/** A frame as its mode writes it, without indentation. */
export const stackLine = (frame: StackFrame, type: StackDataType) =>
  STYLES[type.mode].frame(frame, type).trim();

/** A frame in a table: with what bpftrace leaves out, Linux's modules, and why code has no name. */
function cellLines(frame: StackFrame, type: StackDataType): string[] {
  const { name, module, offset, unnamed } = frame.symbol ?? {};
  const lines = frameLines(frame, type).map(line => line.trim());
  if (type.space !== 'user' && name !== undefined && module !== undefined)
    return [...lines.slice(0, -1), `${lines.at(-1)} ${module}`];
  const why = unnamed ? ` (${UNNAMED_WORDS[unnamed]})` : '';
  if (type.mode === 'bpftrace' && name === undefined && module !== undefined)
    return [`${moduleName(module)}+0x${offset!.toString(16)}${why}`];
  return why ? [`${lines.join('')}${why}`] : lines;
}

/** For a table's cell: a line a frame, without indentation, and one of dots and the reason where a stack is cut short. */
export function stackCell(reader: Reader, type: StackDataType, at: number): string {
  const frames = readStack(reader, type, at);
  const lines = frames.flatMap(frame => cellLines(frame, type));
  const cut = cutShort(frames, type);
  return [...lines, ...(cut ? [`… (${cut})`] : [])].join('\n');
}

/** Newlines that the stacks among these fields print; undefined where there is none. */
export function stackNewlines(fields: Field[]): ((reader: Reader) => number) | undefined {
  const stacks = stacksIn(fields);
  if (stacks.length === 0) return undefined;
  return reader => stacks.reduce((sum, { type, offset }) => sum + 1 + lineCount(reader, type, offset), 0);
}

/** Frames, and what was inlined in them. */
function lineCount(reader: Reader, type: StackDataType, at: number): number {
  const frames = frameCount(reader, type, at);
  if (!reader.names.inlines || !isNamed(type.mode)) return frames;
  const inlined = readStack(reader, type, at).map(({ symbol }) => symbol?.inlined?.length ?? 0);
  return inlined.reduce((sum, count) => sum + count, frames);
}

/** The stacks among fields, those within tuples and records too. */
export function stacksIn(fields: Field[], base = 0): { type: StackDataType; offset: number }[] {
  return fields.flatMap(({ type, offset }) => {
    if (type.kind === 'stack') return [{ type, offset: base + offset }];
    if (type.kind === 'tuple' || type.kind === 'struct') return stacksIn(type.fields, base + offset);
    return [];
  });
}
