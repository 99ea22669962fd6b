/** Members of structs in BPF C cells, by Linux's types: behind `->` and `.`, and where a struct is named. */
import type { DataType, Field } from '../../layout.ts';
import type { Range } from '../nodes.ts';
import type { LanguageTarget } from '../target.ts';
import type { Catalogue } from './analysis.ts';
import type { Hover } from './hover.ts';
import type { Completion } from './items.ts';

/** `ctx->ent.pi` in front of a place: the variable, the members on the way, and what is typed of the next. */
const ACCESS = /\b(?<variable>[A-Za-z_]\w*)(?<way>(?:\s*(?:->|\.)\s*\w+)*)\s*(?:->|\.)\s*(?<typed>\w*)$/;

/** The members that can stand at a place. Undefined where it is no member, or of nothing that Linux knows. */
export function completeMember(
  source: string,
  offset: number,
  { target }: Catalogue,
): Completion | undefined {
  const { variable, way, typed } = ACCESS.exec(source.slice(0, offset))?.groups ?? {};
  if (variable === undefined) return undefined;
  const start = offset - typed!.length;
  const owner = ownerOf(source.slice(0, start), variable, way!, target);
  if (!owner) return undefined;
  const items = owner.fields.map(field => ({
    label: field.name,
    kind: 'field' as const,
    detail: spelled(field.type),
    documentation: `Member of \`${owner.name}\` at byte ${field.offset}.`,
  }));
  return { start, end: offset, items, more: false };
}

/** What a struct of Linux's has, or what a member is. */
export function memberHover(source: string, offset: number, { target }: Catalogue): Hover | undefined {
  const word = wordAt(source, offset);
  if (!word) return undefined;
  const before = source.slice(0, word.start);
  const [, tag] = /\b(struct|union)\s+$/.exec(before) ?? [];
  if (tag) {
    const type = compound(`${tag} ${word.text}`, target);
    return type && { start: word.start, end: word.end, text: definition(type) };
  }
  const { variable, way } = ACCESS.exec(before)?.groups ?? {};
  const owner = variable === undefined ? undefined : ownerOf(before, variable, way!, target);
  const field = owner?.fields.find(({ name }) => name === word.text);
  if (!owner || !field) return undefined;
  const text = `\`\`\`c\n${declaration(field)};\n\`\`\`\n\nMember of \`${owner.name}\` at byte ${field.offset}.`;
  return { start: word.start, end: word.end, text };
}

interface Compound {
  name: string;
  fields: Field[];
  size: number;
}

/** The struct whose member comes next. */
function ownerOf(
  before: string,
  variable: string,
  way: string,
  target: LanguageTarget,
): Compound | undefined {
  const declared = [
    ...before.matchAll(new RegExp(`\\b(struct\\s+\\w+)[\\s*]*(?:\\w+\\s*,[\\s*]*)*\\b${variable}\\b`, 'g')),
  ];
  let owner = compound(declared.at(-1)?.[1] ?? '', target);
  for (const [name] of way.matchAll(/\w+/g)) {
    const type = owner?.fields.find(field => field.name === name)?.type;
    owner = type && compoundOf(type, target);
  }
  return owner;
}

function compoundOf(type: DataType, target: LanguageTarget): Compound | undefined {
  if (type.kind === 'struct' || type.kind === 'union')
    return { name: `${type.kind} ${type.name ?? '{…}'}`, fields: type.fields, size: type.size };
  return type.kind === 'pointer' && type.to ? compound(type.to, target) : undefined;
}

/** `name`: with its tag or without; of a bare name the target knows what it is. */
function compound(name: string, target: LanguageTarget): Compound | undefined {
  const [, bare] = /^(?:(?:struct|union)\s+)?(\w+)$/.exec(name) ?? [];
  const type = bare === undefined ? undefined : target.type(bare);
  if (type?.kind !== 'struct' && type?.kind !== 'union') return undefined;
  return { name: `${type.kind} ${bare}`, fields: type.fields, size: type.size };
}

/** A definition longer than this is cut. */
const MOST = 60;

function definition({ name, fields, size }: Compound): string {
  const lines = fields.slice(0, MOST).map(field => `  ${declaration(field)}; /* ${field.offset} */`);
  const more = fields.length > MOST ? [`  /* and ${fields.length - MOST} more */`] : [];
  return `\`\`\`c\n${name} { /* ${size} bytes */\n${[...lines, ...more].join('\n')}\n}\n\`\`\``;
}

function declaration({ name, type, bits }: Field): string {
  const width = bits ? ` : ${bits.size}` : '';
  const [, base, array = ''] = /^(.*?)((?:\[\d+\])*)$/.exec(spelled(type))!;
  return `${base}${base!.endsWith('*') ? '' : ' '}${name}${array}${width}`;
}

/** As C writes it. */
function spelled(type: DataType): string {
  switch (type.kind) {
    case 'int':
      return `${type.signed ? 's' : 'u'}${type.size * 8}`;
    case 'string':
      return `char[${type.size}]`;
    case 'pointer':
      return `${type.to ?? 'void'} *`;
    case 'array':
      return `${spelled(type.element)}[${type.length}]`;
    case 'struct':
    case 'union':
    case 'enum':
      return type.name ? `${type.kind} ${type.name}` : `${type.kind} {…}`;
    default:
      return type.kind;
  }
}

function wordAt(source: string, offset: number): (Range & { text: string }) | undefined {
  const start = offset - /\w*$/.exec(source.slice(0, offset))![0].length;
  const text = /^\w+/.exec(source.slice(start))?.[0];
  return text === undefined ? undefined : { start, end: start + text.length, text };
}
