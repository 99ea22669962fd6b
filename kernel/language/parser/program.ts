/** The top of a program: preamble, config, imports, declarations, probes. Never throws. */
import type { Reporter } from '../diagnostics.ts';
import { replace } from '../fixes.ts';
import type {
  AttachPointNode,
  ConfigEntry,
  FunctionNode,
  MacroNode,
  MacroParameter,
  MapDeclaration,
  ProbeNode,
  ProgramNode,
  Range,
} from '../nodes.ts';
import { pastedCommand, withoutLineNumbers } from '../paste.ts';
import type { Token } from '../tokens.ts';
import { Cursor } from './cursor.ts';
import { isBuiltin, parseExpression, parseList } from './expressions.ts';
import { parseDefinition, parseDirective } from './preamble.ts';
import { parseBlock } from './statements.ts';
import { parseType } from './type.ts';

const C_STARTS = ['struct', 'union', 'enum', 'typedef'];

/** `taken`, if given, gets the tokens that the tree was made of. */
export function parseProgram(reporter: Reporter, taken?: Token[]): ProgramNode {
  const cursor = new Cursor(reporter, taken);
  const program: ProgramNode = {
    preamble: [],
    config: [],
    imports: [],
    maps: [],
    macros: [],
    functions: [],
    probes: [],
  };
  const whole: Range = { start: 0, end: cursor.source.length };
  const pasted = pastedCommand(cursor.source);
  if (pasted) {
    const remedy = `Keep the program alone:\n${pasted.cell}`;
    const message = 'this is a shell command, not a program';
    const fix = replace('Convert to a cell', whole, pasted.cell);
    reporter.report('syntax-error', { message, remedy }, pasted, undefined, { fix });
    return program;
  }
  const unnumbered = withoutLineNumbers(cursor.source);
  if (unnumbered !== undefined) {
    const { start, end } = cursor.peek();
    const remedy = `Without them:\n${unnumbered}`;
    const message = 'line numbers were copied with the program';
    const fix = replace('Remove the line numbers', whole, unnumbered);
    reporter.report('syntax-error', { message, remedy }, { start, end }, undefined, { fix });
    return program;
  }
  const shebang = /^\s*#![^\n]*/.exec(cursor.source);
  if (shebang) cursor.moveTo(shebang[0].length);
  while (!cursor.isKind('end')) {
    const before = cursor.lastEnd;
    parseItem(cursor, program);
    if (cursor.lastEnd === before) cursor.take();
  }
  return program;
}

type Parse = (cursor: Cursor, program: ProgramNode) => void;

function parseItem(cursor: Cursor, program: ProgramNode): void {
  if (cursor.accept(';')) return;
  const { start, end } = cursor.peek();
  const misplaced = wrongPlace(cursor, program);
  if (misplaced) cursor.error(misplaced, { start, end }, 'Move it further up.');
  parserOf(cursor)(cursor, program);
}

function parserOf(cursor: Cursor): Parse {
  if (cursor.is('#')) return parseDirective;
  const { kind, text } = cursor.peek();
  if (kind !== 'identifier') return parseProbe;
  return C_STARTS.includes(text) ? parseDefinition : (ITEMS[text] ?? parseProbe);
}

/** First definitions of C, then config and imports, then all that runs: what is wrong with the next item's place. */
function wrongPlace(cursor: Cursor, program: ProgramNode): string | undefined {
  const { config, imports, maps, macros, functions, probes } = program;
  const hasHeader = config.length + imports.length > 0;
  const hasBody = maps.length + macros.length + functions.length + probes.length > 0;
  const { kind, text } = cursor.peek();
  if (cursor.is('#') || (kind === 'identifier' && C_STARTS.includes(text)))
    return hasHeader || hasBody ? 'C definitions must appear before probes and functions' : undefined;
  if (kind !== 'identifier') return undefined;
  if (text === 'config' && config.length > 0) return 'duplicate config block';
  if (text === 'config' && hasBody) return 'config must appear before probes and functions';
  return text === 'import' && hasBody ? 'root imports must appear before probes and functions' : undefined;
}

const ITEMS: Readonly<Record<string, Parse>> = {
  config: parseConfig,
  import: (cursor, program) => {
    const { start } = cursor.take();
    const path = cursor.isKind('string') ? cursor.take().text : '';
    if (!path) cursor.unexpected("string after 'import'");
    program.imports.push({ kind: 'import', path, start, end: cursor.lastEnd });
    if (!cursor.accept(';') && path) cursor.unexpected("';' after import");
  },
  let: parseMapDeclaration,
  macro: parseMacro,
  fn: parseFunction,
};

/** `config = { name = value; … }` */
function parseConfig(cursor: Cursor, program: ProgramNode): void {
  cursor.take();
  cursor.expect('=');
  const open = cursor.peek();
  if (!cursor.expect('{')) {
    cursor.skipStatement();
    return;
  }
  while (!cursor.is('}') && !cursor.isKind('end')) {
    if (cursor.accept(';')) continue;
    const name = cursor.peek();
    if (name.kind !== 'identifier') {
      cursor.unexpected('a configuration option');
      cursor.skipStatement();
      return;
    }
    cursor.take();
    if (!cursor.expect('=')) {
      cursor.skipStatement();
      return;
    }
    const first = cursor.peek();
    while (!cursor.is(';') && !cursor.is('}') && !cursor.isKind('end')) cursor.take();
    const valueRange: Range = { start: first.start, end: cursor.lastEnd };
    const value =
      first.kind === 'string' ? first.text : cursor.source.slice(valueRange.start, valueRange.end);
    const entry: ConfigEntry = { name: name.text, value, valueRange, start: name.start, end: valueRange.end };
    program.config.push(entry);
  }
  if (!cursor.accept('}')) cursor.error('the block opened here is not closed', open, 'Add the missing }.');
}

/** `let @m = lruhash(100);` */
function parseMapDeclaration(cursor: Cursor, program: ProgramNode): void {
  const { start } = cursor.take();
  if (!cursor.isKind('map')) {
    cursor.unexpected('a map: root-level let statements need to be map declarations, e.g. let @a = hash(2);');
    cursor.skipStatement();
    return;
  }
  const name = cursor.take().text;
  cursor.expect('=');
  const kind = cursor.peek();
  if (kind.kind !== 'identifier') {
    cursor.unexpected('a kind of map');
    cursor.skipStatement();
    return;
  }
  cursor.take();
  const entries = cursor.expect('(') ? parseList(cursor, ')') : [];
  const declaration: MapDeclaration = {
    kind: 'map-declaration',
    name,
    mapKind: kind.text,
    kindRange: { start: kind.start, end: kind.end },
    entries,
    start,
    end: cursor.lastEnd,
  };
  program.maps.push(declaration);
  cursor.expect(';');
}

function parseMacro(cursor: Cursor, program: ProgramNode): void {
  const { start } = cursor.take();
  const name = cursor.peek();
  if (name.kind !== 'identifier') {
    cursor.unexpected('a name');
    cursor.skipStatement();
    return;
  }
  cursor.take();
  const parameters: MacroParameter[] = [];
  if (cursor.accept('(') && !cursor.accept(')')) {
    do {
      const token = cursor.take();
      let kind: MacroParameter['kind'] = 'expression';
      let text = token.text;
      if (token.kind === 'variable') kind = 'variable';
      else if (token.kind === 'map') kind = 'map';
      else if (token.text === 'typeof' && cursor.accept('(')) {
        kind = 'type';
        text = cursor.take().text;
        cursor.expect(')');
      } else if (token.kind === 'identifier' && isBuiltin(token.text))
        cursor.error(
          `builtin '${token.text}' can't be used as a macro argument`,
          token,
          'Give the parameter another name.',
        );
      else if (token.kind !== 'identifier')
        cursor.error('syntax error, a parameter is a name, a $variable or a @map', token);
      parameters.push({ kind, name: text, start: token.start, end: cursor.lastEnd });
    } while (cursor.accept(','));
    cursor.expect(')');
  }
  const body = parseBlock(cursor);
  const macro: MacroNode = { kind: 'macro', name: name.text, parameters, body, start, end: cursor.lastEnd };
  program.macros.push(macro);
}

/** `fn name($a: type, …) : type { … }` */
function parseFunction(cursor: Cursor, program: ProgramNode): void {
  const { start } = cursor.take();
  const name = cursor.peek();
  if (name.kind !== 'identifier') {
    cursor.unexpected('a name');
    skipProbe(cursor);
    return;
  }
  cursor.take();
  const parameters: FunctionNode['parameters'] = [];
  cursor.expect('(');
  while (cursor.isKind('variable')) {
    const { text, start, end } = cursor.take();
    cursor.expect(':', `A parameter has a type: ${text}: int64.`);
    parameters.push({ variable: { kind: 'variable', name: text, start, end }, type: parseType(cursor) });
    if (!cursor.accept(',')) break;
  }
  if (!cursor.is(')')) cursor.unexpected('variable in function argument', 'Its name starts with $.');
  cursor.accept(')');
  const returns = cursor.accept(':') || cursor.accept('->') ? parseType(cursor) : undefined;
  const body = parseBlock(cursor);
  program.functions.push({
    kind: 'function',
    name: name.text,
    nameRange: { start: name.start, end: name.end },
    parameters,
    ...(returns ? { returns } : {}),
    body,
    start,
    end: cursor.lastEnd,
  });
}

function parseProbe(cursor: Cursor, program: ProgramNode): void {
  const start = cursor.peek().start;
  const attachPoints: AttachPointNode[] = [];
  do {
    if (cursor.is('{') && attachPoints.length > 0) break;
    const name = cursor.isKind('identifier') && cursor.is('=', 1) ? cursor.take().text : undefined;
    if (name !== undefined) cursor.take();
    const token = cursor.takeAttachPoint();
    if (token.text === '') {
      cursor.unexpected(
        'a probe',
        wholeBefore(cursor, program) || 'A program is made of probes: tracepoint:sched:sched_switch { … }',
      );
      skipProbe(cursor);
      return;
    }
    const { text, start, end } = token;
    attachPoints.push({ text, ...(name === undefined ? {} : { name }), start, end });
  } while (cursor.accept(','));
  let predicate: ProbeNode['predicate'];
  if (cursor.accept('/')) {
    predicate = parseExpression(cursor);
    if (!cursor.accept('/'))
      cursor.unexpected("'/' to close predicate", 'A predicate stands between slashes: /pid == 1/.');
  }
  if (!cursor.is('{')) {
    cursor.unexpected(
      "'{'",
      wholeBefore(cursor, program) ||
        (attachPoints.length === 1 ? `The actions of ${attachPoints[0]!.text} stand in braces.` : ''),
    );
    skipProbe(cursor);
    return;
  }
  const body = parseBlock(cursor);
  program.probes.push({
    kind: 'probe',
    attachPoints,
    ...(predicate ? { predicate } : {}),
    body,
    start,
    end: cursor.lastEnd,
  });
}

/** Text that was copied twice, or into another: what to do when all before it is sound. */
const wholeBefore = (cursor: Cursor, program: ProgramNode) =>
  program.probes.length > 0 && !cursor.reporter.failed
    ? 'All before this is a whole program: mend the rest, or make it a comment with //.'
    : '';

/** Goes past the next block, so that the probes behind a broken one are still read. */
function skipProbe(cursor: Cursor): void {
  while (!cursor.is('{') && !cursor.isKind('end')) cursor.take();
  if (cursor.accept('{')) {
    let depth = 1;
    while (depth > 0 && !cursor.isKind('end')) {
      const token = cursor.take();
      if (token.kind === 'punctuation') depth += token.text === '{' ? 1 : token.text === '}' ? -1 : 0;
    }
  }
}
