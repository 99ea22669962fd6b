import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { CellError, problem } from '../errors.ts';
import { runClang } from './clang.ts';
import { clangDiagnostics } from './diagnostics.ts';
import { CELL_FILE } from './flags.ts';
import type { Node } from './tree.ts';
import type { Workspace } from './workspace.ts';

const DEPENDENCIES = '.dependencies';

/** One source on its way through clang, as often as it takes; what differs between the runs is `vmlinux.h`. */
export class Build {
  constructor(
    private readonly clang: string,
    private readonly flags: string[],
    private readonly workspace: Workspace,
    private readonly source: string,
    /** The notebook's; its path is left out of messages. */
    private readonly directory: string,
  ) {}

  /** @throws CellError with clang's messages on the cell's lines */
  preprocess(): Promise<string> {
    return this.#run(['-E'], '').then(({ stdout }) => stdout.toString());
  }

  /**
   * @param defines macros to define
   * @param appendix C text behind the source
   * @throws CellError
   */
  async compile(defines: string[] = [], appendix = ''): Promise<{ elf: Uint8Array; stderr: string }> {
    const output = ['-c', '-o', '-', '-MD', '-MF', DEPENDENCIES];
    const { stdout, stderr } = await this.#run([...output, ...defines.map(name => `-D${name}`)], appendix);
    return { elf: stdout, stderr };
  }

  /** All that clang says of the source, which may be wrong in every line. */
  async complaints(): Promise<string> {
    const { clang, flags, workspace } = this;
    const args = [...flags, '-fsyntax-only', '-ferror-limit=0'];
    return (await runClang(clang, args, this.#input(''), workspace.folder)).stderr;
  }

  /** LLVM's intermediate representation, as text: of what clang writes, or of what its optimizer leaves. */
  async llvm(optimized: boolean): Promise<string> {
    const passes = optimized ? [] : ['-Xclang', '-disable-llvm-passes'];
    const { stdout } = await this.#run(['-S', '-emit-llvm', '-o', '-', ...passes], '');
    return stdout.toString();
  }

  async syntaxTree(): Promise<Node> {
    const { stdout } = await this.#run(['-fsyntax-only', '-Xclang', '-ast-dump=json'], '');
    return JSON.parse(stdout.toString()) as Node;
  }

  /** Files that the last compilation read, without those of the temporary folder. */
  headers(): string[] {
    const rule = readFileSync(join(this.workspace.folder, DEPENDENCIES), 'utf8');
    const paths = rule.replace(/\\\n/g, ' ').match(/(?:\\.|[^\s\\])+/g) ?? [];
    return paths
      .slice(1)
      .map(path => path.replace(/\\(.)/g, '$1').replaceAll('$$', '$'))
      .filter(path => isAbsolute(path) && !path.startsWith(this.workspace.folder));
  }

  diagnostics(stderr: string) {
    return clangDiagnostics(stderr, this.source, [this.workspace.folder, this.directory]);
  }

  #input(appendix: string): string {
    return `# 1 "${CELL_FILE}"\n${this.source}\n${appendix}`;
  }

  async #run(mode: string[], appendix: string) {
    const { clang, flags, workspace } = this;
    const result = await runClang(clang, [...mode, ...flags], this.#input(appendix), workspace.folder);
    if (result.ok) return result;
    const diagnostics = this.diagnostics(result.stderr);
    if (!diagnostics.some(({ severity }) => severity === 'error')) {
      const message = `${this.clang} failed without a message that could be read`;
      diagnostics.unshift(problem('clang-error', { message }, { log: result.stderr }));
    }
    throw new CompileError(diagnostics, result.stderr);
  }
}

/** clang refused; `stderr` is all it said. */
export class CompileError extends CellError {
  constructor(
    diagnostics: CellError['diagnostics'],
    readonly stderr: string,
  ) {
    super(diagnostics);
  }
}
