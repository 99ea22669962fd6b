/** Functions that tell user space something: every call site has a kind of record of its own. */
import { literalNeeded } from '../checker/arguments.ts';
import type { CheckContext } from '../checker/context.ts';
import type { CallNode, Expression } from '../nodes.ts';
import { conversions, misfit } from '../printf.ts';
import { baseName, isCastable, type Type, typeName, VOID } from '../types.ts';
import type { FunctionRow } from './rows.ts';

const INT64_DATA = { kind: 'int', size: 8, signed: true } as const;

/** Checks a format string against the arguments behind it. */
export function checkFormat(call: CallNode, context: CheckContext): void {
  const [first, ...values] = call.arguments;
  const format = first && context.text(first);
  const number = first?.kind === 'positional' && context.typeOf(first).kind !== 'string';
  if (format === undefined || number) {
    if (first && first.kind !== 'missing')
      literalNeeded(context, call.name, first, 'string', 'format string');
    return;
  }
  const wanted = conversions(format).flatMap(c => [...Array<string>(c.stars).fill('d'), c.letter]);
  if (wanted.length !== values.length) {
    const few = values.length < wanted.length ? 'not enough' : 'too many';
    context.report(
      'format-arguments',
      { name: call.name, few, expected: wanted.length, given: values.length },
      call,
    );
    return;
  }
  for (const [i, letter] of wanted.entries()) {
    const type = context.typeOf(values[i]!);
    const expected = misfit(letter, type);
    if (type.kind === 'void') context.report('format-void', { letter }, values[i]!);
    else if (expected === '') context.report('format-unknown', { letter }, first!);
    else if (expected) context.report('format-type', { letter, expected, given: typeName(type) }, values[i]!);
  }
  const lost = /[^\\ ] n$/.exec(format);
  if (lost) context.report('lost-backslash', {}, first!);
}

/** `print(@m)`: the map as a whole, not one of its values. */
const wholeMap = (e: Expression | undefined) => (e?.kind === 'map' && !e.key ? e : undefined);

/** `args` as a whole is a record of its fields. */
function argumentsAsRecord(e: Expression, context: CheckContext): Type {
  const type = context.typeOf(e);
  if (type.kind !== 'args') return type;
  const { start, end } = e;
  const fields = type.fields.map(({ name }) => {
    const object: Expression = { kind: 'identifier', name: 'args', start, end };
    const value: Expression = {
      kind: 'field',
      object,
      name,
      arrow: false,
      nameRange: { start, end },
      start,
      end,
    };
    return { name, value };
  });
  Object.assign(e, { kind: 'record', fields, start, end });
  return context.check(e);
}

export const output: readonly FunctionRow[] = [
  {
    name: 'printf',
    signature: 'printf(format, …)',
    docs: 'Prints text made from its arguments. Conversions: %d %i %u %x %X %o %c %s %p, with flags, width, precision and length as in C; %r, %rx, %rh for buffers. In a notebook the same values become a table row.',
    since: '17',
    example: 'begin { printf("%-10s %5d %x\\n", comm, pid, 255); exit(); }',
    arguments: [1, 128],
    effect: true,
    type: (call, context) => {
      checkFormat(call, context);
      return VOID;
    },
    lower: (call, g) => {
      const [format, ...values] = call.arguments;
      g.send(
        'printf',
        values.map(expression => ({ name: '', expression })),
        { do: 'printf', format: (format as { value: string }).value },
        call,
      );
      return '';
    },
  },
  {
    name: 'print',
    signature: 'print(value), print(@map[, top[, divisor]])',
    docs: 'Prints a value in its usual form, or a whole map: its `top` largest entries, values divided by `divisor`.',
    since: '17',
    example:
      'begin { @m[comm] = 5; @m["b"] = 6; print(@m); print(@m, 1); print(pid); print((1, "a")); exit(); }',
    arguments: [1, 3],
    mapArgument: true,
    effect: true,
    type: (call, context) => {
      const [first, ...rest] = call.arguments;
      if (!wholeMap(first) && rest.length > 0) {
        context.report('print-arguments', { given: call.arguments.length }, call);
        return VOID;
      }
      for (const argument of rest) {
        if (context.integer(argument) === undefined)
          literalNeeded(context, 'print', argument, 'int', 'top and divisor');
      }
      const type = argumentsAsRecord(first!, context);
      if (type.kind === 'aggregation') {
        if (rest.length > 0 && type.of === 'stats') context.report('print-stats', {}, call);
        if (first?.kind === 'map' && first.key && !isCastable(type) && type.of !== 'stats')
          context.report('print-element', { given: typeName(type), map: first.name }, first);
      }
      if (!wholeMap(first) && type.kind === 'void')
        context.report('print-type', { given: typeName(type) }, first!);
      return VOID;
    },
    lower: (call, g) => {
      const [first, top, divisor] = call.arguments;
      const map = wholeMap(first);
      if (map) {
        const bound = (name: string, e: Expression | undefined) => ({
          name,
          c: e ? g.value(e) : '0',
          type: INT64_DATA,
        });
        g.send(
          'print',
          [bound('top', top), bound('div', divisor)],
          { do: 'print-map', map: g.mapSymbol(map.name) },
          call,
        );
      } else if (first?.kind === 'map' && first.type?.kind === 'aggregation' && first.type.of === 'stats') {
        const parts = Object.entries(g.stats(first)).map(([name, c]) => ({ name, c, type: INT64_DATA }));
        g.send('print', parts, { do: 'print' }, call);
      } else g.send('print', [{ name: '', expression: first! }], { do: 'print' }, call);
      return '';
    },
  },
  {
    name: 'time',
    signature: 'time([format])',
    docs: 'Prints the time of day when the record is shown; the format is strftime\'s ("%H:%M:%S\\n" if left out).',
    since: '17',
    example: 'begin { time("%H:%M\\n"); time(); exit(); }',
    arguments: [0, 1],
    effect: true,
    type: (call, context) => {
      const [first] = call.arguments;
      if (first && context.text(first) === undefined)
        literalNeeded(context, 'time', first, 'string', 'format string');
      return VOID;
    },
    lower: (call, g) => {
      const [first] = call.arguments;
      g.send('time', [], { do: 'time', format: first?.kind === 'string' ? first.value : '%H:%M:%S\n' }, call);
      return '';
    },
  },
  {
    name: 'exit',
    signature: 'exit([code])',
    docs: 'Ends the run: end probes run, maps are printed. The code, 0 if left out, is the exit status of a run on the command line.',
    since: '17',
    example: 'begin { exit(3); }',
    arguments: [0, 1],
    effect: true,
    type: (call, context) => {
      const [code] = call.arguments;
      const type = code && context.typeOf(code);
      if (type && type.kind !== 'int' && type.kind !== 'unknown')
        context.report('argument-type', { name: 'exit', expected: 'int', given: baseName(type) }, code);
      return VOID;
    },
    lower: (call, g) => {
      const [code] = call.arguments;
      g.send(
        'exit',
        [{ name: 'code', c: code ? g.value(code) : '0', type: INT64_DATA }],
        { do: 'exit' },
        call,
      );
      g.emit('on = 0;');
      g.leave();
      return '';
    },
  },
];
