/** A node:test reporter: one JSON line for each test that ended, for scripts/test.mjs to count. */
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from '../setup/folders.mjs';

export default async function* reporter(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    // A suite counts only for what goes wrong outside its tests.
    const { type: kind, error } = data.details;
    if (kind === 'suite' && (type === 'test:pass' || error?.failureType === 'subtestsFailed')) continue;
    const skipped = data.skip === undefined || data.skip === false ? undefined : data.skip;
    yield `${JSON.stringify({
      file: data.file && relative(ROOT, data.file),
      name: data.name,
      outcome: skipped !== undefined ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed',
      reason: skipped === true ? 'no reason given' : skipped,
      error:
        type === 'test:fail'
          ? stripVTControlCharacters(String(error?.cause?.message ?? error?.message))
          : undefined,
    })}\n`;
  }
}
