/** What `trace` and `run` show live at a terminal, and that nothing of it stays. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { displayWidth } from '../../kernel/notebook/width.ts';
import { type CellText, notebookText } from '../browser/harness/notebooks.ts';
import { scratchFolder } from '../scratch.ts';
import { shownLines, skipTerminal, Terminal } from './terminal.ts';

const env = { ...process.env, TERM: 'xterm', BPFTRACE_COLOR: 'never' };

describe('at a terminal', { skip: skipTerminal, concurrency: 4 }, () => {
  test('trace: maps below the output, gone before the final print', async () => {
    const program = 'interval:ms:100 { printf("tick\\n"); @n["\x1b[2Jkey"] = count(); }';
    const terminal = new Terminal(['trace', '-e', program], { env });
    await terminal.sees('@n (count)');
    await terminal.sees('tick');
    await terminal.sees('@n (count)');
    const live = shownLines(terminal.written.slice(0, terminal.written.lastIndexOf('Ctrl-C')));
    assert.match(live.join('\n'), /tick\n\n@n \(count\)\n\\x1b\[2Jkey {2}\d+ \|@+\|\nlive · \d+ s/);
    terminal.type('\x03');
    assert.equal(await terminal.ended, 0);
    const shown = terminal.lines.join('\n');
    assert.match(shown, /^Attached 1 probe\n(tick\n)+(\^C)?\n+@n\[\\x1b\[2Jkey\]: \d+\n$/);
  });

  test('trace: what has no room is left out, no line is too wide', async () => {
    const program =
      'begin { @h[1] = hist(1); } interval:ms:50 { @h[nsecs % 9] = hist(nsecs); @long[comm, comm, comm] = count(); }';
    const terminal = new Terminal(['trace', '-e', program], { env, rows: 9, columns: 30 });
    await terminal.sees('…\r\nlive · ');
    await terminal.sees('Ctrl-C');
    const drawn = shownLines(terminal.written.slice(0, terminal.written.lastIndexOf('Ctrl-C'))).slice(1);
    assert.ok(drawn.length < 9, drawn.join('\n'));
    for (const line of drawn) assert.ok(displayWidth(line) < 30, line);
    terminal.type('\x03');
    assert.equal(await terminal.ended, 0);
    assert.doesNotMatch(terminal.lines.join('\n'), /live|…/);
  });

  for (const [what, args, value = 'xterm'] of [
    ['--no-live', ['--no-live']],
    ['-q', ['-q']],
    ['TERM=dumb', [], 'dumb'],
    ['a command that writes, too', ['-c', '/bin/sleep 1.2']],
  ] as [string, string[], string?][]) {
    test(`trace: nothing is live with ${what}`, async () => {
      const program = 'begin { @n = 1; } interval:ms:1100 { exit(); }';
      const terminal = new Terminal(['trace', ...args, '-e', program], { env: { ...env, TERM: value } });
      assert.equal(await terminal.ended, 0);
      assert.match(terminal.written, /@n: 1\r\n/);
      assert.doesNotMatch(terminal.written, /\x1b|live/);
    });
  }

  test('run: cells while they run, then their output as a whole', async () => {
    const cells: CellText[] = [
      ['bpftrace', '//| name: ticks\ninterval:ms:100 { @n = count(); }'],
      ['bpftrace', '//| name: lines\n//| duration: 2s\ninterval:ms:100 { printf("%d\\n", 7); }'],
    ];
    const file = join(scratchFolder(), 'live.ebpfnb');
    writeFileSync(file, notebookText(cells));
    const terminal = new Terminal(['run', file], { env });
    await terminal.sees('── ticks · live');
    await terminal.sees('── lines · live');
    await terminal.sees('Ctrl-C stops');
    assert.equal(await terminal.ended, 0);
    const shown = terminal.lines.join('\n');
    assert.match(shown, /^\n── lines · bpftrace · duration[^\n]*\nprintf \(\d+ rows\)/);
    assert.match(shown, /\n── ticks · bpftrace · stopped[^\n]*\n@n[^\n]*\n/);
    assert.doesNotMatch(shown, /live|Ctrl-C/);
  });
});
