/** Arguments by name of a function of a program, where its debug information tells them. */
import type { FunctionParameter } from '../../layout.ts';
import type { ArgsField } from '../types.ts';
import type { AttachContext } from './attachPoint.ts';
import { CTypes } from './cTypes.ts';

const WORD = 8;
/** Arguments that are passed in registers; what is behind them lies on the stack. */
const MOST_WORDS = { x64: 6, arm64: 8 } as const;
/** Structs that are larger are copied to the stack. */
const LARGEST_IN_REGISTERS = 2 * WORD;

export interface WantedArgs {
  /** The probe's name. */
  probe: string;
  path: string;
  address: number;
}

/** Undefined where they are not known, which is reported. */
export function userArgs(
  context: AttachContext,
  { probe, path, address }: WantedArgs,
): ArgsField[] | undefined {
  const { node, options, reporter } = context;
  const { target } = options;
  const wrong = (reason: string) => {
    reporter.report('uprobe-args', { probe, reason }, node);
    return undefined;
  };
  const parameters = target.parameters?.(path, address);
  if (!parameters) return target.partial ? undefined : wrong(`no debuginfo found for ${path}`);
  const words = parameters.map(wordsOf);
  const needed = words.reduce((sum, count) => sum + count, 0);
  if (needed > MOST_WORDS[target.arch] || parameters.some(isOnStack))
    return wrong("'args' builtin is not supported for probes with stack-passed arguments.");
  const types = new CTypes([], target, reporter);
  return parameters.flatMap(({ name, declaration, type }, i) => {
    if (!type || !isScalar(type.kind)) return [];
    const word = words.slice(0, i).reduce((sum, count) => sum + count, 0);
    return {
      name,
      declaration: `${declaration} ${name}`,
      offset: word * WORD,
      size: WORD,
      type: types.fromData(type, 'user', true, path),
      word,
    };
  });
}

const isScalar = (kind: string) => kind === 'int' || kind === 'enum' || kind === 'pointer';

const isOnStack = ({ type }: FunctionParameter) => (type?.size ?? 0) > LARGEST_IN_REGISTERS;

/** Registers for integers that it takes: numbers with a fraction have their own. */
function wordsOf({ type }: FunctionParameter): number {
  if (type?.kind === 'float') return 0;
  return Math.max(1, Math.ceil((type?.size ?? 0) / WORD));
}
