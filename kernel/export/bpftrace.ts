/** The words of the bpftrace language for highlight.js, from the language's own tables. */
import type { LanguageFn } from 'highlight.js';
import { FUNCTIONS } from '../language/tables/functions.ts';
import { MAP_FUNCTIONS } from '../language/tables/mapFunctions.ts';
import { BUILTIN_NAMES } from '../language/tables/names.ts';
import { PROBES } from '../language/tables/probes.ts';
import { KEYWORDS } from '../language/tokens.ts';

const literal = ['true', 'false'];
const keyword = [...KEYWORDS].filter(word => !literal.includes(word));
const probes = PROBES.flatMap(({ name, short, older }) => [name, short, older].filter(word => word));
const functions = [...FUNCTIONS, ...MAP_FUNCTIONS].map(({ name }) => name);
const oneOf = (words: (string | undefined)[]) => `\\b(?:${words.join('|')})`;

export const bpftrace: LanguageFn = hljs => ({
  name: 'bpftrace',
  keywords: { $pattern: /[A-Za-z_]\w*/, keyword, literal, built_in: [...BUILTIN_NAMES] },
  contains: [
    // In front of comments: `uprobe:/usr/bin/*:main` holds none.
    { scope: 'title', match: new RegExp(`${oneOf(probes)}:(?:"[^"\\n]*"|[^\\s,{"])+`) },
    { scope: 'title', match: /\b(?:BEGIN|END|begin|end)\b(?=\s*[{,])/ },
    { scope: 'meta', match: /^\s*(?:\/\/\||#\s*(?:include|define|undef|if|ifdef|ifndef|else|endif)\b).*$/m },
    hljs.C_LINE_COMMENT_MODE,
    hljs.C_BLOCK_COMMENT_MODE,
    hljs.QUOTE_STRING_MODE,
    { scope: 'variable', match: /@\w*|\$(?:\w+|#)/ },
    { scope: 'number', match: /\b(?:0x[\da-f_]+|\d[\d_]*(?:e\d+)?)[a-z]*\b/i },
    { scope: 'type', match: /\b(?:u?int(?:8|16|32|64)|bool|string|char|void)(?:_t)?\b/ },
    { scope: 'built_in', match: new RegExp(`${oneOf(functions)}(?=\\s*\\()`) },
  ],
});
