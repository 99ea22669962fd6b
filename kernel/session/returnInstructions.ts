/** Where functions return, as their instructions tell: what is no instruction may hold the same bytes. */
import type { LanguageTarget } from '../language/index.ts';

/** Offsets of the return instructions in a function's code. */
type Find = (code: Uint8Array) => number[];

/** Distances from each function's start; none for code that is no code. */
export async function returnInstructions(
  functions: readonly Uint8Array[],
  arch: LanguageTarget['arch'],
): Promise<number[][]> {
  const find = await FINDERS[arch]();
  return functions.map(find);
}

const FINDERS: Readonly<Record<LanguageTarget['arch'], () => Promise<Find>>> = {
  x64: async () => {
    const { Decoder, DecoderOptions, FlowControl, Instruction } = await import('./disassembler.ts');
    return code => {
      const decoder = new Decoder(64, code, DecoderOptions.None);
      const instruction = new Instruction();
      const found: number[] = [];
      while (decoder.canDecode) {
        const at = decoder.position;
        decoder.decodeOut(instruction);
        if (instruction.isInvalid) {
          // Data between instructions: nobody knows where the next one begins.
          found.length = 0;
          break;
        }
        if (instruction.flowControl === FlowControl.Return) found.push(at);
      }
      instruction.free();
      decoder.free();
      return found;
    };
  },
  arm64: async () => code => {
    const words = new DataView(code.buffer, code.byteOffset, code.byteLength);
    const found: number[] = [];
    for (let at = 0; at + 4 <= code.byteLength; at += 4)
      if (isReturn(words.getUint32(at, true))) found.push(at);
    return found;
  },
};

/** `ret`, by whichever register. Every instruction of arm64 is a word. */
const isReturn = (word: number) => (word & 0xfffffc1f) >>> 0 === 0xd65f0000;
