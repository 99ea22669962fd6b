/** Arguments by name of a function of Go. */
import type { DataType } from '../../layout.ts';
import { ARGUMENT_REGISTERS } from '../registers.ts';
import { fullString } from '../tables/stringFunctions.ts';
import type { ArgsField } from '../types.ts';
import type { AttachContext } from './attachPoint.ts';
import { CTypes } from './cTypes.ts';
import { dictionaryIndex } from './goFunctions.ts';
import type { WantedArgs } from './userArgs.ts';

const WORD = 8;

/**
 * Those that lie in registers, of the kinds that have a value; Go takes them apart, and puts one whose parts do not
 * all fit on the stack. Undefined where they are not known, which is reported.
 */
export function goArgs(
  context: AttachContext,
  { probe, path, address, name }: WantedArgs & { name: string },
): ArgsField[] | undefined {
  const { config, node, options, reporter } = context;
  const { target } = options;
  const parameters = target.parameters?.(path, address);
  if (!parameters) {
    if (!target.partial) reporter.report('go-args', { probe, path }, node);
    return undefined;
  }
  const registers = ARGUMENT_REGISTERS[target.arch].go.length;
  const types = new CTypes([], target, reporter);
  const dictionary = dictionaryIndex(name);
  const found: ArgsField[] = [];
  let word = 0;
  for (const [i, { name, declaration, type }] of parameters.entries()) {
    if (i === dictionary) word++;
    // Nobody knows where those behind it are.
    if (!type) break;
    const words = wordsOf(type);
    if (words === undefined || word + words > registers) continue;
    const size = words * WORD;
    const field = { name, declaration: `${declaration} ${name}`, offset: word * WORD, size, word };
    if (isString(type)) found.push({ ...field, type: fullString(config) });
    else if (type.kind === 'int' || type.kind === 'pointer')
      found.push({ ...field, type: types.fromData(type, 'user', true, path) });
    word += words;
  }
  return found;
}

/** By its parts: types of one's own may be strings, too. */
const isString = (type: DataType) =>
  type.kind === 'struct' && type.fields.map(({ name }) => name).join() === 'str,len';

/** Registers for integers that a value takes; undefined when it goes to the stack, or is not known in all its parts. */
function wordsOf(type: DataType): number | undefined {
  switch (type.kind) {
    case 'int':
    case 'pointer':
      return 1;
    // Those have registers of their own.
    case 'float':
      return 0;
    case 'struct': {
      let words = 0;
      let end = 0;
      for (const field of type.fields) {
        const own = wordsOf(field.type);
        if (own === undefined || field.offset - end >= WORD) return undefined;
        words += own;
        end = field.offset + field.type.size;
      }
      return type.size - end >= WORD ? undefined : words;
    }
    case 'array':
      return type.length === 0 ? 0 : type.length === 1 ? wordsOf(type.element) : undefined;
    default:
      return undefined;
  }
}
