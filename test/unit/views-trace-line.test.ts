/** bpf_trace_printk's formats, as Linux writes them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceLine } from '../../kernel/views/trace-line.ts';

const arg = (value: number | bigint, text = '') => ({ value: BigInt(value), text });

const CASES: [format: string, args: Parameters<typeof traceLine>[1], line: string][] = [
  ['no arguments', [], 'no arguments'],
  ['%d %i', [arg(0xffff_ffffn), arg(7)], '-1 7'],
  ['%u', [arg(-1)], '4294967295'],
  ['%ld %llu', [arg(0xffff_ffff_ffff_fffen), arg(0xffff_ffff_ffff_ffffn)], '-2 18446744073709551615'],
  ['%hd %hhu', [arg(0x1_ffff), arg(0x1ff)], '-1 255'],
  ['%x %#x %X %lx', [arg(255), arg(255), arg(255), arg(1n << 40n)], 'ff 0xff FF 10000000000'],
  ['[%5d|%-5d|%05d]', [arg(42), arg(42), arg(-42)], '[   42|42   |-0042]'],
  ['%+d % d', [arg(1), arg(1)], '+1  1'],
  [
    '%s|%8s|%-8s|%.2s',
    [arg(1, 'sh'), arg(1, 'sh'), arg(1, 'sh'), arg(1, 'shell')],
    'sh|      sh|sh      |sh',
  ],
  ['%c%c', [arg(0x6f), arg(0x6b)], 'ok'],
  ['%p %px', [arg(0xffff_8881_0000_0000n), arg(16)], 'ffff888100000000 0000000000000010'],
  ['%pks', [arg(1, 'text')], 'text'],
  ['100%%, %d', [arg(5)], '100%, 5'],
  ['%d %d', [arg(1)], '1 0'],
];

for (const [format, args, line] of CASES) test(format, () => assert.equal(traceLine(format, args), line));
