/** `npm run docs`: writes docs/language.md from the language's tables. */
import { writeFileSync } from 'node:fs';
import { languageReference } from '../kernel/language/docs.ts';

writeFileSync(new URL('../docs/language.md', import.meta.url), languageReference());
