/** `trace -d STAGE`: what a program becomes, printed before it runs; and what Linux says while it is loaded. */
import type { NotebookKernel } from '../session/kernel.ts';
import type { RunInput } from '../session/run.ts';
import { oneOf } from './command.ts';
import { assembly, c, llvm, tree, types } from './forms.ts';

interface Stage {
  title: string;
  /** Of a program that was not loaded yet. */
  before?(kernel: NotebookKernel, input: RunInput): Promise<string>;
  /** Its part of what libbpf and the verifier said. */
  loaded?(log: string): string;
}

const VERIFIER = /^.*-- BEGIN PROG LOAD LOG --\n[\s\S]*?^-- END PROG LOAD LOG --\n/gm;

/** bpftrace's names. What it does with LLVM is done with C here. */
const STAGES = {
  ast: { title: 'Tree', before: tree },
  types: { title: 'Types', before: types },
  codegen: { title: 'Generated C', before: c },
  'codegen-opt': { title: 'LLVM IR after optimization', before: llvm(true) },
  dis: { title: 'Instructions', before: assembly },
  libbpf: { title: 'libbpf', loaded: log => log.replace(VERIFIER, '') },
  verifier: { title: 'Verifier', loaded: log => [...log.matchAll(VERIFIER)].join('') },
} satisfies Record<string, Stage>;

export type StageName = keyof typeof STAGES;

const NAMES = Object.keys(STAGES) as StageName[];

/** From `-d ast,libbpf -d all`. Throws CommandError. */
export function stagesOf(flags: readonly string[]): StageName[] {
  const asked = flags.flatMap(text => text.split(',')).filter(Boolean);
  return asked.flatMap(name => {
    const stage = oneOf('-d', name, [...NAMES, 'all' as const]);
    return stage === 'all' ? NAMES : [stage];
  });
}

/** Whether any looks at what is said while loading. */
export const needLog = (stages: StageName[]) => stages.some(name => 'loaded' in STAGES[name]);

/** Throws CellError. */
export async function textBefore(
  stages: StageName[],
  kernel: NotebookKernel,
  input: RunInput,
): Promise<string> {
  let text = '';
  for (const name of stages) {
    const { title, before }: Stage = STAGES[name];
    if (before) text += section(title, await before(kernel, input));
  }
  return text;
}

export const textLoaded = (stages: StageName[], log: string): string =>
  stages
    .map((name): Stage => STAGES[name])
    .map(({ title, loaded }) => (loaded ? section(title, loaded(log)) : ''))
    .join('');

const section = (title: string, text: string) =>
  `${title}\n${'-'.repeat(title.length)}\n${text.trimEnd()}\n\n`;
