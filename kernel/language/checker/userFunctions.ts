/** Probes at functions of programs and libraries. */
import type { AttachSpec, UserSymbol } from '../../layout.ts';
import { didYouMean } from '../suggest.ts';
import type { ProbePoint } from '../symbols.ts';
import { type AttachContext, hasWildcard, noMatches, point, splitOffset } from './attachPoint.ts';

const NUMBER = /^(?:0x[0-9a-fA-F]+|[0-9]+)$/;

/** `uprobe` and `uretprobe`: `binary:function[+offset]`, `binary:offset`, `binary:cpp:"function"`. */
export function userFunction(context: AttachContext): ProbePoint[] {
  const { parts, row, options, node, reporter } = context;
  const [target, language, ...before] = [...parts].reverse() as [string, string?, string?];
  const cpp = parts.length === 3;
  // Of a process that is named, the program itself may be left out.
  const binary =
    (cpp ? before[0] : language) ?? (options.pid === undefined ? undefined : `/proc/${options.pid}/exe`);
  if (binary === undefined || binary === '') {
    reporter.report(
      'probe-parts',
      { name: row.name, expected: '2 or 3', found: parts.length, signature: row.signature },
      node,
    );
    return [];
  }
  // Told already: what was meant is not known.
  if (/\s/.test(binary) && !node.text.includes('"')) return [];
  if (cpp && language !== 'cpp') {
    reporter.report('probe-language', { given: language! }, node);
    return [];
  }
  if (NUMBER.test(target)) {
    const offset = Number(target);
    if (row.name === 'uprobe' || offset === 0)
      return [point(context, `${row.name}:${binary}:${target}`, at(context, binary, { offset }))];
    reporter.report('probe-offset', { reason: 'Offset not allowed' }, node);
    return [];
  }
  const split = splitOffset(context, target);
  return split ? named({ context, binary, name: split.name, offset: split.offset, cpp }) : [];
}

interface Wanted {
  context: AttachContext;
  binary: string;
  name: string;
  offset: number | undefined;
  cpp: boolean;
}

function named({ context, binary, name, offset, cpp }: Wanted): ProbePoint[] {
  const { row, options, node, reporter, mentions } = context;
  const found = options.target.userSymbols?.(binary, name, cpp);
  // Names without a slash are searched for: the one that was found says more.
  const path = binary.includes('/') ? binary : (found?.path ?? binary);
  const place = offset === undefined ? '' : `+${offset}`;
  const whole = (symbol: string) => `${row.name}:${path}:${cpp ? 'cpp:' : ''}${symbol}${place}`;
  if (!found && (options.target.partial || !options.target.userSymbols))
    return [
      point(
        context,
        whole(name),
        at(context, path, { symbol: name, ...(offset === undefined ? {} : { offset }) }),
      ),
    ];
  if (!found) {
    reporter.report('no-binary', { provider: row.name, path }, node);
    return [];
  }
  const functions = found.symbols.filter(({ kind }) => kind === 'function');
  if (functions.length === 0) {
    noMatches(context, row.name, `${path}:${name}`, remedyFor(context, binary, name));
    return [];
  }
  const outside = functions.find(({ size }) => offset !== undefined && size > 0 && offset >= size);
  if (outside && options.unsafe !== 'all') {
    reporter.report('offset-outside', { name: outside.name, size: outside.size }, node);
    return [];
  }
  const sites = (these: UserSymbol[]) =>
    [...new Set(these.map(each => each.offset + (offset ?? 0)))].map(offset => ({
      offset,
      semaphore: 0,
      cookie: 0,
    }));
  // Programs of their own for those who ask for the name; all others share one.
  const groups =
    hasWildcard(name) && !mentions('probe')
      ? [{ symbol: name, functions }]
      : functions.map(each => ({ symbol: each.name, functions: [each] }));
  return groups.map(({ symbol, functions }) => {
    const made = point(context, whole(symbol), at(context, path, { sites: sites(functions) }));
    return functions.length === 1 ? { ...made, place: functions[0]!.address + (offset ?? 0) } : made;
  });
}

type Place =
  | { offset: number }
  | { symbol: string; offset?: number }
  | Pick<AttachSpec & { kind: 'uprobe' }, 'sites'>;

const at = ({ row, options }: AttachContext, binary: string, place: Place): AttachSpec => ({
  kind: 'uprobe',
  binary,
  ...place,
  ret: row.name === 'uretprobe',
  ...(options.pid === undefined ? {} : { pid: options.pid }),
});

/** Names that begin alike are looked for: all of a library's would be many. */
function remedyFor({ options }: AttachContext, binary: string, name: string): string {
  if (hasWildcard(name)) return `List functions with: ebpfnb list 'uprobe:${binary}:*'.`;
  const near = options.target.userSymbols?.(binary, `${name.slice(0, 2)}*`, false)?.symbols ?? [];
  const names = near.filter(({ kind }) => kind === 'function').map(symbol => symbol.name);
  return (
    didYouMean(name, names) ||
    `List functions with: ebpfnb list 'uprobe:${binary}:*${name}*'. One that was inlined is not there.`
  );
}
