/** JSON values, and where a text stops being JSON. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The member's value when it is an object, else undefined. */
export function objectAt(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object?.[key];
  return isObject(value) ? value : undefined;
}

export function stringAt(object: JsonObject | undefined, key: string): string | undefined {
  const value = object?.[key];
  return typeof value === 'string' ? value : undefined;
}

/** nbformat's multi-line text: a string, or an array of strings that keep their newlines. */
export function multiline(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every(part => typeof part === 'string')) return value.join('');
  return undefined;
}

/** Lines that keep their newlines. */
export const splitLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Sets a key, in its alphabetical place when the object's keys are in alphabetical order. */
export function withKey(object: JsonObject, key: string, value: Json): JsonObject {
  if (key in object) return { ...object, [key]: value };
  const keys = Object.keys(object);
  const sorted = keys.every((name, i) => i === 0 || keys[i - 1]! <= name);
  const at = sorted ? keys.findIndex(name => name > key) : -1;
  const entries = Object.entries(object);
  entries.splice(at < 0 ? entries.length : at, 0, [key, value]);
  return Object.fromEntries(entries);
}

/** A line has so many characters before its parts get lines of their own. */
const LINE = 120;

/**
 * As JSON.stringify() with an indent, but that members which `isDense` names have lines that are worth one: what is
 * short, and lists and objects of plain values only. A row of a table is a line then, and a change of it too.
 */
export function layOut(
  json: Json | undefined,
  indent: string,
  isDense: (key: string, owner: JsonObject) => boolean,
): string {
  const write = (value: Json | undefined, pad: string, dense: boolean): string => {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
    if (dense) {
      const line = JSON.stringify(value);
      const plain = Object.values(value).every(one => typeof one !== 'object' || one === null);
      if (plain || line.length <= LINE) return line;
    }
    const inner = pad + indent;
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    const parts = Array.isArray(value)
      ? value.map(one => write(one, inner, dense))
      : Object.entries(value)
          .filter(([, member]) => member !== undefined)
          .map(([key, member]) => {
            const text = write(member, inner, dense || isDense(key, value));
            return `${JSON.stringify(key)}: ${text}`;
          });
    return parts.length === 0
      ? `${open}${close}`
      : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${pad}${close}`;
  };
  return indent === '' ? JSON.stringify(json) : write(json, '', false);
}

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)(?![\w.])|($))/y;

/**
 * Where and why a text is not JSON: used once JSON.parse has refused it, since engines word their errors
 * differently and some give no position.
 */
export function jsonProblem(text: string): { offset: number; message: string } | undefined {
  const open: { bracket: string; offset: number }[] = [];
  let expect: 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end' = 'value';
  let offset = 0;
  const after = 'comma or end' as const;
  for (;;) {
    TOKEN.lastIndex = offset;
    const match = TOKEN.exec(text);
    const start = offset + (/^[ \t\r\n]*/.exec(text.slice(offset, offset + 10_000))?.[0].length ?? 0);
    if (!match) return { offset: start, message: unreadable(text, start) };
    const [whole, mark, string, literal, end] = match;
    const fail = (message: string) => ({ offset: start, message });
    if (end !== undefined) {
      const last = open.at(-1);
      if (last)
        return { offset: last.offset, message: `“${last.bracket}” is not closed: the file ends too early` };
      return expect === 'value' ? fail('a value is missing') : undefined;
    }
    if (expect === 'comma or end' && !open.length) return fail('text after the end');
    if (mark === '}' || mark === ']') {
      const last = open.at(-1);
      const closes = last && (mark === '}') === (last.bracket === '{');
      if (!closes) return fail(`“${mark}” closes nothing`);
      if (expect !== 'comma or end' && !expect.endsWith(mark))
        return fail(`“${mark}” comes too early (a comma too many?)`);
      open.pop();
      expect = after;
    } else if (expect === 'comma or end') {
      if (mark !== ',') return fail('a comma is missing');
      expect = open.at(-1)!.bracket === '{' ? 'key' : 'value';
    } else if (expect === 'colon') {
      if (mark !== ':') return fail('“:” is missing');
      expect = 'value';
    } else if (expect.startsWith('key')) {
      if (string === undefined) return fail('a key in double quotes is missing');
      expect = 'colon';
    } else if (mark === '{' || mark === '[') {
      open.push({ bracket: mark, offset: start });
      expect = mark === '{' ? 'key or }' : 'value or ]';
    } else if (string !== undefined || literal !== undefined) expect = after;
    else return fail(`a value is missing before “${mark}”`);
    offset += whole.length;
  }
}

function unreadable(text: string, at: number): string {
  if (text[at] === '"') return 'a string is not closed, or holds a control character or a bad escape';
  if (text.startsWith('<<<<<<<', at) || text.startsWith('=======', at) || text.startsWith('>>>>>>>', at))
    return 'a merge conflict is not resolved';
  return `unexpected “${text.slice(at, at + 20).split(/\s/)[0]}”`;
}
