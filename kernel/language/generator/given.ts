/** Variables that are set as a program is loaded: facts of its run, and the values of its options. */
import type { DataType, GlobalLayout } from '../../layout.ts';
import type { OptionValue } from '../nodes.ts';
import type { RunFact } from './api.ts';

const FACT_SIZES: Readonly<Record<RunFact, number>> = { cpid: 4, started_at: 8, self_pid: 4, cpus: 4 };

interface Variable {
  /** As whoever sets it calls it. */
  name: string;
  symbol: string;
  type: DataType;
  c: string;
  /** What it is unless it is set. */
  value: string;
  /** Its type, for whoever sets it. */
  shown?: string;
}

/** Each lies in a section of its own, so that its place is known before anything is compiled. */
const sectionOf = ({ symbol }: Variable) => `.rodata.${symbol}`;

export class GivenVariables {
  readonly #facts = new Set<RunFact>();
  readonly #options = new Map<string, OptionValue>();

  /** The symbol of a fact. */
  fact(name: RunFact): string {
    this.#facts.add(name);
    return name;
  }

  /** The symbol of an option: its name may hold what those of C may not. */
  option(option: OptionValue): string {
    if (!this.#options.has(option.name)) this.#options.set(option.name, option);
    return optionSymbol([...this.#options.keys()].indexOf(option.name));
  }

  /** Their definitions, as C. */
  get definitions(): string[] {
    return this.#all().map(
      variable =>
        `/* Set before load. */\nconst volatile ${variable.c} ${variable.symbol} SEC("${sectionOf(variable)}") = ${variable.value};`,
    );
  }

  get layout(): GlobalLayout[] {
    return this.#all().map(variable => ({
      name: variable.name,
      section: sectionOf(variable),
      offset: 0,
      type: variable.type,
      parameter: true,
      ...(variable.shown ? { c: variable.shown } : {}),
    }));
  }

  #all(): Variable[] {
    const facts = [...this.#facts].sort().map((name): Variable => {
      const size = FACT_SIZES[name];
      const type = { kind: 'int', size, signed: false } as const;
      return { name, symbol: name, type, c: `__u${8 * size}`, value: '0' };
    });
    const options = [...this.#options.values()].map((option, index): Variable => {
      const about = { name: option.name, symbol: optionSymbol(index), value: String(BigInt(option.default)) };
      return typeof option.default === 'boolean'
        ? { ...about, type: { kind: 'bool', size: 1 }, c: '_Bool', shown: 'bool' }
        : { ...about, type: { kind: 'int', size: 8, signed: true }, c: '__s64', shown: 'long' };
    });
    return [...facts, ...options];
  }
}

const optionSymbol = (index: number) => `option_${index}`;
