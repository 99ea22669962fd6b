import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { CellError, problem } from '../errors.ts';
import type { HeaderFile } from '../protocol.ts';

/**
 * The temporary folder of one compilation: the header cells, and the vmlinux.h made for it. clang runs in it,
 * so that header cells come before files beside the notebook.
 */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'ebpfnb-'));

  constructor(headers: HeaderFile[]) {
    for (const { name, source } of headers) {
      if (isAbsolute(name) || normalize(name).startsWith('..')) {
        this.dispose();
        throw new CellError([
          problem('clang-error', {
            message: `a header cell cannot be called ${name}`,
            remedy: 'Give it a plain file name, such as event.h.',
          }),
        ]);
      }
      this.write(name, source);
    }
  }

  write(name: string, text: string): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
