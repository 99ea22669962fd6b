/**
 * The structured form of a verdict, which Linux 7.3 writes behind the classic log for some refusals: a title with a
 * category, then sections `Reason`, `At`, `Causal path`, `Suggestion` and for some `Active lock`, indented and wrapped.
 * A place is a line of source, with the lines and instructions around it, or an instruction where its line is not known.
 */

export interface Report {
  /** What kind of rule was broken: `Memory Safety`, `Resource Lifetime Safety`, … */
  category: string;
  problem: string;
  reason?: string;
  suggestion?: string;
  /** Where it happened; the line counts from 0. */
  at?: ReportPlace;
  /** What led there, in order. */
  path: (ReportPlace & { note: string })[];
}

export interface ReportPlace {
  function?: string;
  file?: string;
  line?: number;
  /** The instruction, where no line is known. */
  pc?: number;
}

const TITLE = /^Verification failed: ([^:]+?)(?:: (.*))?$/;
const SECTION = /^([A-Z][a-z]+(?: [a-z]+)*):$/;
const PLACE = /^ {2}(?:(\S+) @ )?(\S.*?):(\d+):\d+$/;
const INSTRUCTION = /^ {2}insn (\d+)$/;
const NOTE = /^ +\| *\^-- (.*)$/;
const NOTE_GOES_ON = /^ +\| {4,}(\S.*)$/;

/** Takes the last report out of a log; `classic` is what is left. */
export function parseReport(log: string): { classic: string; report?: Report } {
  const lines = log.split('\n');
  const title = lines.findLastIndex(line => TITLE.test(line));
  if (title < 0) return { classic: log };
  const [, category = '', problem = ''] = TITLE.exec(lines[title]!)!;
  const sections = new Map<string, string[]>();
  let section: string[] = [];
  let end = title + 1;
  for (; end < lines.length; end++) {
    const line = lines[end]!;
    const name = SECTION.exec(line)?.[1];
    if (name) {
      section = [];
      sections.set(name, section);
    } else if (/^ {2}|^\s*$/.test(line)) section.push(line);
    else break;
  }
  const text = (name: string) =>
    sections
      .get(name)
      ?.map(line => line.trim())
      .join(' ')
      .trim();
  const reason = text('Reason');
  const suggestion = text('Suggestion');
  const [at] = notesOf(sections.get('At') ?? []);
  const report: Report = {
    category,
    problem,
    ...(reason ? { reason } : {}),
    ...(suggestion ? { suggestion } : {}),
    ...(at ? { at } : {}),
    path: notesOf(sections.get('Causal path') ?? []),
  };
  return { classic: [...lines.slice(0, title), ...lines.slice(end)].join('\n'), report };
}

/** Each place with what is said below its line. */
function notesOf(lines: string[]): Report['path'] {
  const notes: Report['path'] = [];
  let open = false;
  for (const line of lines) {
    const place = PLACE.exec(line);
    if (place) {
      const [, name, file, number] = place;
      notes.push({ ...(name ? { function: name } : {}), file: file!, line: Number(number) - 1, note: '' });
    }
    const pc = INSTRUCTION.exec(line)?.[1];
    if (pc !== undefined) notes.push({ pc: Number(pc), note: '' });
    const last = notes.at(-1);
    const started = NOTE.exec(line)?.[1];
    const more: string | undefined = open ? NOTE_GOES_ON.exec(line)?.[1] : undefined;
    if (last && (started ?? more)) last.note = [last.note, started ?? more].filter(Boolean).join(' ');
    open = started !== undefined || more !== undefined;
  }
  return notes;
}
