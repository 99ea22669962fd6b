/** `npm run docs`: writes docs/language.md from the language's tables; docs/maps.md, docs/formats.md and docs/programs.md from theirs. */
import { writeFileSync } from 'node:fs';
import { formatReference } from '../kernel/compile/docs.ts';
import { languageReference } from '../kernel/language/docs.ts';
import { sectionReference } from '../kernel/language/sectionDocs.ts';
import { mapReference } from '../kernel/mapTypes.ts';

writeFileSync(new URL('../docs/language.md', import.meta.url), languageReference());
writeFileSync(new URL('../docs/maps.md', import.meta.url), mapReference());
writeFileSync(new URL('../docs/formats.md', import.meta.url), formatReference());
writeFileSync(new URL('../docs/programs.md', import.meta.url), sectionReference());
