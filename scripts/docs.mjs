/** `npm run docs`: writes docs/language.md from the language's tables, and docs/maps.md and docs/formats.md from theirs. */
import { writeFileSync } from 'node:fs';
import { formatReference } from '../kernel/compile/docs.ts';
import { languageReference } from '../kernel/language/docs.ts';
import { mapReference } from '../kernel/mapTypes.ts';

writeFileSync(new URL('../docs/language.md', import.meta.url), languageReference());
writeFileSync(new URL('../docs/maps.md', import.meta.url), mapReference());
writeFileSync(new URL('../docs/formats.md', import.meta.url), formatReference());
