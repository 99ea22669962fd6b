/** Reads C for the functions that it defines: what they take and give, as written. */

export interface CFunction {
  name: string;
  /** `int`, `const char *`. */
  returns: string;
  parameters: { name: string; type: string }[];
}

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"/g;
/** A head at the top of the file, in front of a body; what stands between braces has been taken out. */
const DEFINITION =
  /(?:^|[;}])\s*((?:[A-Za-z_]\w*|\*|\s)+?)\b([A-Za-z_]\w*)\s*\(([^()]*)\)\s*(?:__attribute__\s*\(\([^{;]*\)\)\s*)?\{/g;
const NOT_OF_THE_TYPE =
  /\b(?:static|extern|inline|__inline|__always_inline|__noinline|__weak|__hidden|const|volatile)\b/g;

export function readFunctions(text: string): CFunction[] {
  const found: CFunction[] = [];
  const plain = withoutBodies(text.replaceAll(COMMENT, blank).replaceAll(/^\s*#(?:\\\n|[^\n])*/gm, blank));
  for (const [, before, name, list] of plain.matchAll(DEFINITION)) {
    const parameters = list!.split(',').flatMap((one, i) => {
      const [, type, own] = /^([\s\S]*?)\b([A-Za-z_]\w*)?\s*(?:\[\w*\])?$/.exec(one.trim()) ?? [];
      const text = tidy(own && type!.trim() === '' ? own : (type ?? ''));
      if (text === '' || text === 'void') return [];
      return [{ name: own ?? `argument ${i + 1}`, type: /\]$/.test(one.trim()) ? `${text} *` : text }];
    });
    found.push({ name: name!, returns: tidy(before!), parameters });
  }
  return found;
}

const blank = (text: string) => text.replaceAll(/[^\n]/g, ' ');
const tidy = (type: string) => type.replaceAll(NOT_OF_THE_TYPE, ' ').replaceAll(/\s+/g, ' ').trim();

/** What stands between braces at the top, blanked. */
function withoutBodies(text: string): string {
  let depth = 0;
  let out = '';
  for (const c of text) {
    if (c === '}') depth--;
    out += depth > 0 && c !== '\n' ? ' ' : c;
    if (c === '{') depth++;
  }
  return out;
}
