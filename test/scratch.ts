/** A folder for one test file or one test, gone when it ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ebpfnb-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
