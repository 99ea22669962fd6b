/** Statements as C. */
import type { AssignStatement, BlockNode, CallNode, Expression, IfStatement, Statement } from '../nodes.ts';
import { findFunction } from '../tables/functions.ts';
import { findMapFunction } from '../tables/mapFunctions.ts';
import { constant, writeValue } from './expressions.ts';
import { writeFor } from './loops.ts';
import { assignMap, stepMap, withElement } from './mapAccess.ts';
import { store } from './memory.ts';
import { shortCircuit, step } from './operators.ts';
import type { ProgramWriter } from './program.ts';
import { addToSeries } from './series.ts';
import { inMemory } from './storage.ts';

/** All statements of a block and its value, if it has one and that is an action. */
export function writeBlock(g: ProgramWriter, block: BlockNode): void {
  writeStatements(g, block);
  if (block.value) action(g, block.value);
}

/** A block's statements without its value, which the caller takes. */
export function writeStatements(g: ProgramWriter, block: BlockNode): void {
  for (const statement of block.statements) writeStatement(g, statement);
}

/** An expression for its effect. `alone`: nobody looks at its result, nor says so. */
function action(g: ProgramWriter, e: Expression, alone = true): void {
  g.at(e);
  g.statement(() => {
    if (e.kind === 'unary' && (e.operator === '++' || e.operator === '--')) {
      step(g, e, 'nothing');
      return;
    }
    const statement = alone && e.kind === 'call' ? findFunction(e.name)?.statement : undefined;
    if (statement) {
      statement(e as CallNode, g);
      return;
    }
    const text = writeValue(g, e);
    // What has no effect needs no statement of its own.
    if (text && e.kind === 'call') g.emit(`${text};`);
  });
}

/** A C condition. */
export function writeCondition(g: ProgramWriter, e: Expression): string {
  if (e.kind === 'binary' && (e.operator === '&&' || e.operator === '||')) return shortCircuit(g, e);
  return writeValue(g, e);
}

function writeStatement(g: ProgramWriter, s: Statement): void {
  g.at(s);
  switch (s.kind) {
    case 'expression':
      action(g, s.expression);
      return;
    case 'discard':
      action(g, s.value, false);
      return;
    case 'assign':
      g.statement(() => assign(g, s));
      return;
    case 'let':
      g.statement(() => {
        const info = s.variable.variable!;
        const lvalue = g.variable(info);
        if (s.value) store(g, lvalue, info.type, s.value);
        else if (inMemory(info.type)) g.emit(`clear_memory(&${lvalue}, sizeof(${lvalue}));`);
        else g.emit(`${lvalue} = 0;`);
      });
      return;
    case 'if':
      ifElse(g, s);
      return;
    case 'unroll':
      unroll(g, s);
      return;
    case 'while':
      whileLoop(g, s);
      return;
    case 'block-statement':
      g.block('', () => writeBlock(g, s.block));
      return;
    case 'for':
      writeFor(g, s);
      return;
    case 'break':
    case 'continue':
      // The body of a for loop is a callback: 1 ends the loop, 0 goes on.
      g.emit(g.inCallback && !g.innerLoop ? `return ${s.kind === 'break' ? 1 : 0};` : `${s.kind};`);
      return;
    case 'return':
      g.statement(() => g.leave(s.value ? g.result(g.value(s.value), s.value) : '0'));
      return;
    default:
  }
}

function ifElse(g: ProgramWriter, s: IfStatement): void {
  if (s.taken) {
    const arm = s.taken === 'then' ? s.then : s.else;
    if (arm) g.block('', () => (arm.kind === 'if' ? writeStatement(g, arm) : writeBlock(g, arm)));
    return;
  }
  let condition = '';
  g.statement(() => {
    condition = writeCondition(g, s.condition);
  });
  g.block(
    `if (${condition.replace(/^\((.*)\)$/, (whole, inner: string) => (balanced(inner) ? inner : whole))})`,
    () => writeBlock(g, s.then),
  );
  if (s.else) {
    const otherwise = s.else;
    g.block('else', () =>
      otherwise.kind === 'if' ? writeStatement(g, otherwise) : writeBlock(g, otherwise),
    );
  }
}

/** Do the parentheses of a text pair up within it? */
function balanced(text: string): boolean {
  let depth = 0;
  for (const c of text) {
    if (c === '(') depth++;
    if (c === ')' && --depth < 0) return false;
  }
  return depth === 0;
}

function unroll(g: ProgramWriter, s: Statement & { kind: 'unroll' }): void {
  const { type } = s.count;
  const count = type?.kind === 'int' ? (type.literal ?? 0n) : 0n;
  const i = g.fresh('i');
  g.emit('#pragma clang loop unroll(full)');
  g.block(`for (int ${i} = 0; ${i} < ${constant(count)}; ${i}++)`, () =>
    g.inLoop(() => writeBlock(g, s.body)),
  );
}

/** The condition is computed anew before each round. */
function whileLoop(g: ProgramWriter, s: Statement & { kind: 'while' }): void {
  g.block('for (;;)', () => {
    g.statement(() => {
      const condition = writeCondition(g, s.condition);
      g.emit(`if (!${condition})`);
      g.emit('\tbreak;');
    });
    g.inLoop(() => writeBlock(g, s.body));
  });
}

function assign(g: ProgramWriter, s: AssignStatement): void {
  const { target, value, operator } = s;
  if (target.kind === 'variable') {
    const info = target.variable!;
    const lvalue = g.variable(info);
    store(g, lvalue, info.type, value);
    return;
  }
  if (target.kind !== 'map') return;
  const plan = g.module.map(target.name);
  const row = value.kind === 'call' && plan.info.aggregation ? findMapFunction(value.name) : undefined;
  if (row && value.kind === 'call') {
    const first = value.arguments[0] ? writeValue(g, value.arguments[0]) : '1';
    const signed = plan.info.value.kind === 'aggregation' && plan.info.value.signed;
    const number = value.arguments[0] ? g.local(signed ? '__s64' : '__u64', 'number', first) : first;
    const { aggregation } = plan.info;
    const slot =
      aggregation?.fn === 'hist'
        ? `log_slot(${number}, ${aggregation.k})`
        : aggregation?.fn === 'lhist'
          ? `linear_slot(${number}, ${constant(BigInt(aggregation.min))}, ${constant(BigInt(aggregation.max))}, ${constant(BigInt(aggregation.step))})`
          : undefined;
    if (aggregation?.fn === 'tseries') addToSeries(g, target, aggregation, number);
    else if (slot && plan.key) withElement(g, target, element => g.emit(`${element}->value += 1;`), slot);
    else if (slot) slotArray(g, plan.symbol, plan.valueType, slot, plan.layout.valueSize / 8, target);
    else withElement(g, target, element => row.update!(g, element, number, signed));
    return;
  }
  const sum = operator !== '=' && stepOf(s);
  if (sum) stepMap(g, target, sum.sign, writeValue(g, sum.by), 'nothing');
  else assignMap(g, target, value);
}

/** `@x += e` arrives as `@x = @x + e`: done in place when it is a sum. */
function stepOf(s: AssignStatement): { sign: string; by: Expression } | undefined {
  if (
    (s.operator !== '+=' && s.operator !== '-=') ||
    s.value.kind !== 'binary' ||
    s.value.type?.kind !== 'int'
  )
    return undefined;
  return { sign: s.operator[0]!, by: s.value.right };
}

function slotArray(
  g: ProgramWriter,
  _symbol: string,
  _type: string,
  slot: string,
  slots: number,
  target: Expression & { kind: 'map' },
): void {
  const index = g.local('__u32', 'slot', slot);
  withElement(g, target, element => {
    g.emit(`if (${index} < ${slots})`);
    g.emit(`\t${element}->slots[${index}] += 1;`);
  });
}
