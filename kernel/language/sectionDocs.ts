/** docs/programs.md: the kinds of BPF C programs, written out from the table of sections. */
import { REFUSED_SECTIONS, SECTIONS, type SectionRow } from './tables/sections.ts';

const HEAD = `# Programs of BPF C

This page is made of \`kernel/language/tables/sections.ts\` by \`npm run docs\`; do not edit it. It lists what may stand in \`SEC("…")\`: what Linux must be able to do is tried out as a cell runs, and what it lacks is told with the reason.

A function without \`SEC()\` is no program: others call it. A program whose \`SEC()\` names a kind that can be without a place, and no place, is one that others call by \`bpf_tail_call()\`: an array of programs that is declared with \`.values\` is filled as it says, any other with those programs in the order of the source, or at the number behind the slash (\`SEC("kprobe/3")\`). A \`SEC()\` that begins with a question mark is left out.
`;

const REFUSED = `
## What is not run here

Programs that decide, or that something else than a probe has to run.

| \`SEC()\` | such a program | instead |
|---|---|---|
`;

const names = (list: readonly string[]) => list.map(name => `\`${name}\``).join(', ');

function section(row: SectionRow): string {
  const { signature, docs, context, type, bare, unsafe, example } = row;
  const written = signature ? `\n\n\`SEC("${row.names[0]}/${signature}")\`` : '';
  const notes = [
    `Context: \`${context}\` · \`${type}\``,
    ...(bare ? ['can be without a place'] : []),
    ...(unsafe ? [`must be allowed: \`//| unsafe: ${unsafe}\``] : []),
  ];
  return `\n## ${names(row.names)}${written}\n\n${docs}\n\n${notes.join(' · ')}\n\n\`\`\`c\n${example}\n\`\`\`\n`;
}

export const sectionReference = (): string =>
  `${HEAD}${SECTIONS.map(section).join('')}${REFUSED}${REFUSED_SECTIONS.map(
    row => `| ${names(row.names)} | ${row.does} | ${row.instead.replaceAll('|', '\\|')} |\n`,
  ).join('')}`;
