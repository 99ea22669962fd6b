/** Addresses of a traced program's own symbols. */

import type { UserSymbol } from '../../layout.ts';
import { literalNeeded } from '../checker/arguments.ts';
import type { CheckContext } from '../checker/context.ts';
import { probeAddress } from '../generator/functionWords.ts';
import type { CallNode } from '../nodes.ts';
import { pointer, type Type, UINT64, UNKNOWN } from '../types.ts';
import type { FunctionRow } from './rows.ts';

/** What was found while checking, for the generator. */
const FOUND = new WeakMap<CallNode, UserSymbol>();

/** What the names of symbols are made of. */
const SYMBOL = /^[a-zA-Z0-9./_-]+$/;

/** The name of a symbol of the program that the probe is in. */
function find(call: CallNode, context: CheckContext): UserSymbol | undefined {
  const [first] = call.arguments;
  const name = context.text(first!);
  const { probe, options } = context;
  const { attach } = probe;
  if (name === undefined) {
    literalNeeded(context, call.name, first!, 'string', 'symbol');
    return undefined;
  }
  if (!SYMBOL.test(name)) {
    const reason = `${call.name}() expects a string that is a valid symbol (${SYMBOL.source}) as input ("${name}" provided)`;
    context.report('constant-argument', { reason }, first!);
    return undefined;
  }
  if (attach.kind !== 'uprobe' || options.target.partial) return undefined;
  const found = options.target.userSymbols?.(attach.binary, name, false)?.symbols[0];
  if (!found) context.report('unknown-user-symbol', { name, binary: attach.binary }, first!);
  else if (probe.place === undefined) context.report('symbol-of-many', { name: call.name }, call);
  return found;
}

const SIZES = [1, 2, 4, 8] as const;

export const userAddresses: readonly FunctionRow[] = [
  {
    name: 'uaddr',
    signature: 'uaddr("symbol")',
    docs: "The address of a symbol of the traced program, wherever it was loaded: a pointer to an unsigned integer of the symbol's size.",
    since: '17',
    example: 'uprobe:bash:main { printf("%p\\n", uaddr("main")); exit(); } interval:ms:200 { exit(); }',
    arguments: [1, 1],
    probes: ['uprobe', 'uretprobe', 'usdt'],
    type: (call, context): Type => {
      const symbol = find(call, context);
      if (!symbol) return UNKNOWN;
      FOUND.set(call, symbol);
      const size = SIZES.find(each => each === symbol.size);
      return pointer(size ? { kind: 'int', size, signed: false } : UINT64, 'user');
    },
    lower: (call, g) => {
      const symbol = FOUND.get(call)!;
      // Where the probe is and where the linker placed it: the difference is how far the program was moved.
      return `(${probeAddress(g)} - ${g.probe.place} + ${symbol.address})`;
    },
  },
];
