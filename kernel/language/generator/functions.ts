/** Functions of the program's own, as C functions that all its programs call. */
import type { CallNode, Expression } from '../nodes.ts';
import type { FunctionInstance, ProbeInstance } from '../symbols.ts';
import type { Type } from '../types.ts';
import { storeFrom } from './memory.ts';
import { countable, fitted, isSigned } from './operators.ts';
import { ProgramWriter } from './program.ts';
import { writeBlock } from './statements.ts';
import { inMemory } from './storage.ts';

/** What lies in memory is passed by its address. */
const parameterType = (type: Type) =>
  inMemory(type) ? 'const char *' : isSigned(type) ? '__s64 ' : '__u64 ';

export class FunctionWriter extends ProgramWriter {
  readonly #own: FunctionInstance;

  constructor(module: ProgramWriter['module'], own: FunctionInstance) {
    super(module, own as ProbeInstance);
    this.#own = own;
  }

  override result(value: string, e: Expression): string {
    return fitted(value, e.type!, this.#own.returns);
  }

  protected override readonly answerType = '__s64';

  get #type(): string {
    return `static __noinline ${isSigned(this.#own.returns) ? '__s64' : '__u64'} `;
  }

  get #parameters(): string {
    const taken = this.#own.parameters.map(({ type }, i) => `${parameterType(type)}argument_${i + 1}`);
    return taken.join(', ') || 'void';
  }

  /** Its declaration, so that others can call it wherever it stands. */
  declare(): void {
    this.module.text.push(`${this.#type}${this.symbol}(${this.#parameters});`);
  }

  override write(): void {
    const { parameters, body, point } = this.#own;
    for (const [i, parameter] of parameters.entries()) {
      const lvalue = this.variable(parameter);
      if (parameter.type.kind === 'tuple')
        this.emit(`bpf_probe_read_kernel(&${lvalue}, sizeof(${lvalue}), argument_${i + 1});`);
      else storeFrom(this, lvalue, parameter.type, `argument_${i + 1}`, parameter.type);
    }
    writeBlock(this, body);
    this.define({
      comment: this.describe(point.range),
      before: [],
      type: this.#type,
      name: this.symbol,
      parameters: this.#parameters,
      passed: parameters.map((_, i) => `argument_${i + 1}`).join(', '),
      checks: [],
      guarded: this.module.program.probes.some(probe => probe.point.row.preemptible),
      answers: true,
    });
  }
}

/** `f(a, b)` */
export function callFunction(g: ProgramWriter, e: CallNode): string {
  const { symbol, parameters, returns } = e.called!;
  const values = e.arguments.map((argument, i) => {
    const { type, c } = parameters[i]!;
    const value = g.value(argument);
    if (c !== undefined) return type.kind === 'pointer' ? `(void *)${value}` : `(${c})${value}`;
    if (inMemory(type)) return `(const char *)${value}`;
    // A parameter is a variable like others of the function: nobody knows whose address it has.
    return fitted(countable(g, argument, value), argument.type!, type);
  });
  const call = `${symbol}(${values.join(', ')})`;
  if (returns.kind === 'pointer') return `(__u64)${call}`;
  return returns.kind === 'int' && returns.size < 8
    ? `(${isSigned(returns) ? '__s64' : '__u64'})${call}`
    : call;
}
