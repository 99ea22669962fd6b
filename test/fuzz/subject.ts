/** What can be fuzzed: mutants by number, and what is tried with each. */
import { LoaderHolder } from '../../kernel/session/loader.ts';

export interface Finding {
  number: number;
  what: 'crash' | 'slow' | 'unclear' | 'refused by clang' | 'refused while loading';
  detail: string;
  /** The mutant, as text. */
  program: string;
}

/** How many mutants came how far, by words that stand behind the number: `loaded`. */
export type Tally = Record<string, number>;

export interface Options {
  /** Of those that pass, one in so many is compiled, and of these one in so many loaded; 0 = none. */
  compileOne: number;
  loadOne: number;
}

/** What a subject tells while it tries mutants. */
export interface Watch {
  holder: LoaderHolder;
  options: Options;
  count(words: string): void;
  found(finding: Finding): void;
}

export interface Subject {
  /** Mutant number `number` as text. */
  show(number: number): string;
  /** Tries it. What it throws is a crash. */
  attempt(number: number): Promise<void>;
}

export type SubjectName = keyof typeof SUBJECTS;

/** One row a subject: how many mutants are tried unless said otherwise, and where it is; each reads much at its start. */
export const SUBJECTS = {
  programs: {
    mutants: 200_000,
    open: async (watch: Watch): Promise<Subject> => new (await import('./programs.ts')).Programs(watch),
  },
  cells: {
    mutants: 20_000,
    open: async (watch: Watch): Promise<Subject> => new (await import('./cells.ts')).Cells(watch),
  },
  objects: {
    mutants: 20_000,
    open: async (watch: Watch): Promise<Subject> => (await import('./objects.ts')).Objects.open(watch),
  },
} as const;

export const newHolder = () => new LoaderHolder({ consent: async () => true });
