/** Names that are about the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { related } from '../../kernel/language/related.ts';

const CALLS =
  'accept bind brk chdir close connect dup exit fork fsync getpid ioctl kill lseek mmap openat2 pipe'
    .concat(' poll read sendmsg sync time tkill umask uname wait4 write')
    .split(' ');
const NAMES = [
  ...CALLS.flatMap(call => [`syscalls:sys_enter_${call}`, `syscalls:sys_exit_${call}`]),
  'msr:read_msr',
  'net:netif_receive_skb',
  'net:netif_rx',
  'sock:inet_sock_set_state',
  'btrfs:btrfs_sync_file',
  'ext4:ext4_sync_file_enter',
  'sched:sched_switch',
  'sched:sched_wakeup',
];

/** Name → the nearest. */
const NEAREST: [string, string | undefined][] = [
  ['vfs_read', 'syscalls:sys_enter_read'],
  ['do_sys_openat2', 'syscalls:sys_enter_openat2'],
  ['inet_csk_accept', 'syscalls:sys_enter_accept'],
  ['__netif_receive_skb_core', 'net:netif_receive_skb'],
  ['btrfs_sync_file', 'btrfs:btrfs_sync_file'],
  ['x86_pmu_start', undefined],
  ['', undefined],
];
for (const [name, nearest] of NEAREST)
  test(`${name || 'nothing'}: ${nearest ?? 'nothing'}`, () =>
    assert.equal(related(name, NAMES, 3)[0], nearest));

test('what is far behind the best is left out', () =>
  assert.deepEqual(related('vfs_read', NAMES, 3), ['syscalls:sys_enter_read', 'syscalls:sys_exit_read']));
