/** What a program becomes on its way to Linux, one function a form. All throw CellError. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CompiledObject, findClang, llvmOf } from '../compile/index.ts';
import { CellError, problem } from '../errors.ts';
import { readableC, treeText } from '../language/index.ts';
import { parseOptions } from '../notebook/index.ts';
import { compileCell, describeCell, generate } from '../session/compiler.ts';
import type { NotebookKernel } from '../session/kernel.ts';
import type { RunInput } from '../session/run.ts';

type Form<T> = (kernel: NotebookKernel, input: RunInput) => Promise<T>;

const surroundings = (input: RunInput) => {
  const { options } = parseOptions(input.cell.language, input.cell.source);
  return { options, hasChild: (input.workload ?? options.workload) !== undefined };
};

/** The tree of a bpftrace program. */
export const tree: Form<string> = async (_, input) => {
  mustBeBpftrace(input, 'the tree');
  return treeText(input.cell.source);
};

/** The types of a bpftrace program's maps and variables. */
export const types: Form<string> = async ({ holder }, input) => {
  mustBeBpftrace(input, 'a list of types');
  const { options, hasChild } = surroundings(input);
  return describeCell(await holder.connect(), input, options, { hasChild });
};

/** Generated C; BPF C is its own. */
export const c: Form<string> = async (kernel, input) =>
  input.cell.language === 'bpf-c' ? input.cell.source : readableC((await generated(kernel, input)).c);

/** LLVM's intermediate representation of generated C, before or after its optimizer. */
export const llvm =
  (optimized: boolean): Form<string> =>
  async (kernel, input) => {
    const { target } = await kernel.holder.connect();
    return llvmOf(await generated(kernel, input), { btf: target.btf, arch: target.arch }, optimized);
  };

/** The object and what is known of it. */
export const compiled: Form<CompiledObject> = async ({ holder }, input) => {
  const { options, hasChild } = surroundings(input);
  const step = async <T>(_: unknown, work: () => T | Promise<T>) => work();
  return compileCell(await holder.connect(), input, options, { hasChild, step });
};

export const object: Form<Uint8Array> = async (kernel, input) => (await compiled(kernel, input)).elf;

/** Instructions, with the lines of C that they come from. */
export const assembly: Form<string> = async (kernel, input) => disassemble(await object(kernel, input));

/** Throws CellError for BPF C, which clang itself shows all of. */
function mustBeBpftrace({ cell }: RunInput, what: string): void {
  if (cell.language !== 'bpftrace') throw new CellError([problem('bpftrace-only', { what })]);
}

/** The C of a bpftrace program, with all that is known of it. */
export async function generated({ holder }: NotebookKernel, input: RunInput) {
  mustBeBpftrace(input, 'LLVM IR');
  const { options, hasChild } = surroundings(input);
  const { cell, diagnostics } = await generate(await holder.connect(), input, options, { hasChild });
  if (!cell) throw new CellError(diagnostics);
  return cell;
}

/** llvm-objdump comes with clang and has its version. */
function disassemble(elf: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'ebpfnb-'));
  try {
    const file = join(folder, 'program.o');
    writeFileSync(file, elf);
    const clang = findClang();
    const version = /-\d+$/.exec(clang)?.[0] ?? '';
    const beside = clang.includes('/')
      ? join(dirname(clang), `llvm-objdump${version}`)
      : `llvm-objdump${version}`;
    for (const program of [beside, 'llvm-objdump']) {
      const { status, stdout } = spawnSync(program, ['-d', '-S', '--no-show-raw-insn', file], {
        encoding: 'utf8',
      });
      // The first lines name the temporary file.
      if (status === 0) return stdout.replace(/^\s*\S+:\s+file format elf64-bpf\s*/, '');
    }
    throw new CellError([problem('no-objdump', { program: beside })]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
