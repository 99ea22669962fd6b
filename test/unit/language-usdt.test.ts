/** Where USDT arguments are: the assembler's words as C. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usdtArgument, usdtArguments } from '../../kernel/language/usdt.ts';

const c = (text: string, arch: 'x64' | 'arm64') => usdtArguments(text, arch).map(argument => argument?.c);

test('x86-64: registers of all widths, constants, memory', () => {
  assert.deepEqual(c('-4@%ebx 8@%r12 1@%sil 2@%r8w -8@%rax 4@$-5', 'x64'), [
    '(__s64)(__s32)((__u64 *)ctx)[5]',
    '(__s64)(__u64)((__u64 *)ctx)[3]',
    '(__s64)(__u8)((__u64 *)ctx)[13]',
    '(__s64)(__u16)((__u64 *)ctx)[9]',
    '(__s64)(__s64)((__u64 *)ctx)[10]',
    '(__s64)(__u32)-5',
  ]);
  assert.deepEqual(c('8@-8(%rbp) -4@16(%rax,%rbx,8) 4@(%rsp) 1@(%rcx,%rdx)', 'x64'), [
    '(__s64)READ_USER(__u64, ((__u64 *)ctx)[4] + -8)',
    '(__s64)READ_USER(__s32, ((__u64 *)ctx)[10] + ((__u64 *)ctx)[5] * 8 + 16)',
    '(__s64)READ_USER(__u32, ((__u64 *)ctx)[19])',
    '(__s64)READ_USER(__u8, ((__u64 *)ctx)[11] + ((__u64 *)ctx)[12])',
  ]);
});

test('arm64: registers, constants, memory with blanks', () => {
  assert.deepEqual(c('-4@w1 8@x30 4@5 8@[sp, 16] 8@[x0] 4@[x1, x2]', 'arm64'), [
    '(__s64)(__s32)((__u64 *)ctx)[1]',
    '(__s64)(__u64)((__u64 *)ctx)[30]',
    '(__s64)(__u32)5',
    '(__s64)READ_USER(__u64, ((__u64 *)ctx)[31] + 16)',
    '(__s64)READ_USER(__u64, ((__u64 *)ctx)[0])',
    '(__s64)READ_USER(__u32, ((__u64 *)ctx)[1] + ((__u64 *)ctx)[2])',
  ]);
  assert.deepEqual(c('-4@wzr 8@[x29, -16] 1@w0', 'arm64'), [
    '(__s64)(__s32)0',
    '(__s64)READ_USER(__u64, ((__u64 *)ctx)[29] + -16)',
    '(__s64)(__u8)((__u64 *)ctx)[0]',
  ]);
});

test('what cannot be read keeps its place', () => {
  assert.deepEqual(c('8f@%xmm0 -4@%edi', 'x64'), [undefined, '(__s64)(__s32)((__u64 *)ctx)[14]']);
  assert.deepEqual(c('', 'x64'), []);
});

test('places that differ are told apart by their cookie', () => {
  assert.equal(usdtArgument(['4@$1', '4@$1'], 0, 'x64'), '(__s64)(__u32)1');
  assert.equal(
    usdtArgument(['4@$1', '4@$2', '4@$3'], 0, 'x64'),
    '({ __u64 place = bpf_get_attach_cookie(ctx); place == 1 ? (__s64)(__u32)2 : place == 2 ? (__s64)(__u32)3 : (__s64)(__u32)1; })',
  );
  assert.equal(usdtArgument(['4@$1'], 3, 'x64'), '0');
});
