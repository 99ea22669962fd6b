/** A stack's frames as flame graphs have them: functions, whatever the place in them, the outermost first. */
import { ELLIPSIS } from '../notebook/flame.ts';
import type { Frame } from '../protocol.ts';
import type { Reader } from './decode.ts';
import { readStackId, type StackIdType, stackOf } from './stack-ids.ts';
import {
  addressText,
  cutShort,
  isNamed,
  moduleName,
  readStack,
  type StackDataType,
  type StackFrame,
  stackLine,
  UNNAMED_WORDS,
} from './stacks.ts';

/** Linux owns the upper half of all addresses. */
const FIRST_OF_LINUX = 1n << 63n;

/** Linux names BPF programs by the hash of their instructions, too, which each change of a cell changes. */
const PROGRAM_TAG = /^(bpf_prog_)[0-9a-f]{16}_/;

export function framesOf(reader: Reader, type: StackDataType | StackIdType, at: number): Frame[] {
  if (type.kind === 'stack-id') {
    const stack = stackOf(reader, type, at);
    if (stack) return framesOf(stack.reader, stack.type, 0);
    const id = readStackId(reader, type, at);
    return id < 0 ? [] : [{ name: `stack ${id}`, of: type.stack.space === 'user' ? 'user' : 'kernel' }];
  }
  const stack = readStack(reader, type, at);
  const frames = stack.flatMap(frame => [...inlinedIn(frame), nameOf(frame, type)]).reverse();
  const cut = cutShort(stack, type);
  return cut ? [{ name: ELLIPSIS, of: frames[0]?.of ?? 'user', note: cut }, ...frames] : frames;
}

/** Innermost first. */
const inlinedIn = ({ symbol }: StackFrame): Frame[] =>
  (symbol?.inlined ?? []).map(({ name }) => ({ name, of: 'inlined' }));

function nameOf(frame: StackFrame, type: StackDataType): Frame {
  const { address, symbol } = frame;
  const isUser = type.space === 'user' || (type.space === 'either' && address < FIRST_OF_LINUX);
  const of = isUser ? 'user' : 'kernel';
  const { name, module, offset, unnamed } = symbol ?? {};
  if (name !== undefined && isUser) return { name, of };
  if (name !== undefined)
    return { name: name.replace(PROGRAM_TAG, '$1') + (module === undefined ? '' : ` ${module}`), of };
  const note = unnamed && { note: UNNAMED_WORDS[unnamed] };
  // The place in a file stays the same from run to run, an address does not.
  if (module !== undefined) return { name: `${moduleName(module)}+0x${offset!.toString(16)}`, of, ...note };
  return { name: isNamed(type.mode) ? addressText(address) : stackLine(frame, type), of, ...note };
}
