/** Cell options in an editor: what can be written on an option line, and what is said of it. */
import { OPTION_MARKS, OPTIONS } from './options.ts';

export interface OptionOffer {
  label: string;
  /** What it becomes, where that is more than the label. */
  text: string;
  detail: string;
  documentation: string;
}

export interface OptionHelp {
  /** Offsets of the word: the option's name, or its value. */
  start: number;
  end: number;
  offers: OptionOffer[];
  /** Of the option that the line sets, if it is one. */
  documentation?: string;
}

/** Undefined where an offset is not on an option line of a cell in this language. */
export function optionHelp(language: string, source: string, offset: number): OptionHelp | undefined {
  const mark = Object.hasOwn(OPTION_MARKS, language) ? OPTION_MARKS[language]! : undefined;
  const from = source.lastIndexOf('\n', offset - 1) + 1;
  const to = source.indexOf('\n', offset);
  const line = source.slice(from, to < 0 ? undefined : to);
  const start = from + line.length - line.trimStart().length + (mark?.length ?? 0);
  if (!mark || !line.trimStart().startsWith(mark) || offset < start) return undefined;
  const [, space = '', name = '', colon = '', gap = '', value = ''] =
    /^(\s*)([\w-]*)(\s*:)?(\s*)(.*)$/.exec(source.slice(start, from + line.length)) ?? [];
  const nameStart = start + space.length;
  const row = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
  const documentation = row && `**${name}**: ${row.doc}\n\nFor example \`${mark} ${name}: ${row.example}\``;
  const valueStart = nameStart + name.length + colon.length + gap.length;
  if (!colon || offset <= nameStart + name.length) {
    const lead = space ? '' : ' ';
    return {
      start: nameStart,
      end: nameStart + name.length,
      offers: Object.entries(OPTIONS).map(([label, { doc, example }]) => ({
        label,
        text: lead + label + (colon ? '' : ': '),
        detail: example,
        documentation: doc,
      })),
      ...(documentation ? { documentation } : {}),
    };
  }
  const values = row?.values ?? (row ? [row.example] : []);
  return {
    start: Math.min(valueStart, offset),
    end: valueStart + value.length,
    offers: values.map(label => ({ label, text: label, detail: name, documentation: row!.doc })),
    ...(documentation ? { documentation } : {}),
  };
}
