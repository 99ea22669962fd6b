/** Where functions return, by their machine code. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { returnInstructions } from '../../kernel/session/returnInstructions.ts';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

const CASES: { name: string; arch: 'x64' | 'arm64'; code: string; found: number[] }[] = [
  // add rax, rbx; ret
  { name: 'a leaf', arch: 'x64', code: '4801d8 c3', found: [3] },
  // test eax, eax; je +1; ret; mov eax, 0xc3c3c3c3; ret
  {
    name: 'several, and bytes that are none',
    arch: 'x64',
    code: '85c0 7401 c3 b8c3c3c3c3 c3',
    found: [4, 10],
  },
  // ret 16; repz ret
  { name: 'in all their forms', arch: 'x64', code: 'c21000 f3c3', found: [0, 3] },
  // vpaddd zmm0, zmm1, zmm2; ret
  { name: 'behind instructions of newer processors', arch: 'x64', code: '62f17548fec2 c3', found: [6] },
  // jmp -2
  { name: 'none in one that never returns', arch: 'x64', code: 'ebfe', found: [] },
  // ret; an opcode that there is not
  { name: 'none where data lies between', arch: 'x64', code: 'c3 06', found: [] },
  { name: 'no code', arch: 'x64', code: '', found: [] },
  // add x0, x0, x1; ret; ret x17; br x30
  {
    name: 'words of arm64',
    arch: 'arm64',
    code: '0000018b c0035fd6 20025fd6 c0031fd6',
    found: [4, 8],
  },
];

describe('return instructions', () => {
  for (const { name, arch, code, found } of CASES)
    test(`${name} (${arch})`, async () => {
      assert.deepEqual(await returnInstructions([bytes(code)], arch), [found]);
    });
});
