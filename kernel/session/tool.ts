/** A tool that was built elsewhere: whether it fits this Linux, and what of it is decided here. */
import { attachSpec, compileGenerated } from '../compile/index.ts';
import { CellError, type Diagnostic, problem } from '../errors.ts';
import type { AttachSpec, CellLayout, ProgramLayout } from '../layout.ts';
import type { Tool } from '../tool/file.ts';
import { type CompiledCell, generate, type Language } from './compiler.ts';

/** A tool instead of a compilation. Throws CellError where it does not fit. */
export const compileTool: Language = async (connection, input, options, steps) => {
  const tool = input.tool!;
  const { target } = connection;
  const { arch } = tool.built;
  if (arch !== target.arch)
    throw new CellError([problem('tool-arch', { name: tool.name, arch, here: target.arch })]);
  if (!tool.generated) return { elf: tool.elf, layout: placed(tool.layout, input.directory), warnings: [] };

  const { cell, diagnostics } = await steps.step('check', () => generate(connection, input, options, steps));
  if (!cell) throw new CellError(diagnostics);
  const difference = differenceOf(tool, cell);
  if (!difference) return { elf: tool.elf, layout: cell.layout, warnings: diagnostics };
  const { btf } = target;
  const { by, linux } = tool.built;
  const told = problem('tool-differs', { name: tool.name, linux, by, difference });
  return steps.step('compile', async (): Promise<CompiledCell> => {
    try {
      const object = await compileGenerated(cell, { btf, arch: target.arch });
      const again: Diagnostic = problem('tool-recompiled', { name: tool.name, difference });
      return { ...object, warnings: [...diagnostics, again, ...object.warnings] };
    } catch (error) {
      const noClang = error instanceof CellError && error.diagnostics[0]?.code === 'no-clang';
      throw noClang ? new CellError([told, ...diagnostics]) : error;
    }
  });
};

/** The paths of user probes start from where the tool lies. */
function placed(layout: CellLayout, directory: string): CellLayout {
  const ofPath = ({ kind }: AttachSpec) => kind === 'uprobe' || kind === 'usdt';
  const place = (program: ProgramLayout): ProgramLayout =>
    ofPath(program.attach) ? { ...program, attach: attachSpec(program.probe, directory) } : program;
  return { ...layout, programs: layout.programs.map(place) };
}

/** The first line of C that a program becomes here and did not become where it was built; undefined = it fits. */
function differenceOf(
  { generated, layout }: Tool,
  cell: { c: string; layout: CellLayout },
): string | undefined {
  const before = generated!.c.split('\n');
  const now = cell.c.split('\n');
  const line = now.find((text, i) => text !== before[i]);
  if (line !== undefined || now.length !== before.length) return (line ?? before.at(-1)!).trim();
  // Sizes of types that C leaves to the compiler.
  const parts = ['records', 'maps', 'globals'] as const;
  return parts.find(part => JSON.stringify(layout[part]) !== JSON.stringify(cell.layout[part]));
}
