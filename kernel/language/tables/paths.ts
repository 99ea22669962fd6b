/** Paths of files, which Linux itself puts together. */
import type { CheckContext } from '../checker/context.ts';
import { followed, structOf } from '../generator/followed.ts';
import { isPlace } from '../generator/pointers.ts';
import type { CallNode } from '../nodes.ts';
import { string, type Type, typeName } from '../types.ts';
import type { FunctionRow } from './rows.ts';

const sizeOf = (call: CallNode, context: Pick<CheckContext, 'integer' | 'config'>) => {
  const [, size] = call.arguments;
  return size ? context.integer(size) : BigInt(context.config.max_strlen);
};

export const paths: readonly FunctionRow[] = [
  {
    name: 'path',
    signature: 'path(struct path *[, size])',
    docs: 'The whole path of a file, by its struct path: at most `size` bytes (max_strlen if left out). Linux allows it in iterators, and in fentry and fexit at some functions.',
    since: '17',
    example: 'iter:task_file { printf("%s\\n", path(ctx.file.f_path)); }',
    arguments: [1, 2],
    probes: ['fentry', 'fexit', 'iter'],
    refused: "The path function can only be used with 'fentry', 'fexit', 'iter' probes",
    type: (call, context): Type => {
      const [path, given] = call.arguments;
      const type = context.typeOf(path!);
      if (structOf(type)?.name !== 'struct path' && type.kind !== 'unknown')
        context.report(
          'argument-type',
          { name: 'path', expected: 'struct path', given: typeName(type) },
          path!,
        );
      else if (type.kind === 'struct' && !isPlace(path!)) context.report('path-copy', {}, path!);
      const size = sizeOf(call, context);
      if (size === undefined || size < 1n) {
        context.report('path-size', {}, given!);
        return string(1);
      }
      return string(Number(size));
    },
    into: (call, g, destination, size) => {
      const [path] = call.arguments;
      const length = g.local('__s64', 'length', '0');
      followed(g, path!, c => {
        const address = path!.type!.kind === 'pointer' ? c : `&${c}`;
        g.emit(`${length} = bpf_d_path(${address}, ${destination}, ${size});`);
        g.reportHelper('d_path', length, call);
      });
      return `string_length(${length}, ${size})`;
    },
  },
];
