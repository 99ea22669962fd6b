import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrame, type Frame, FrameDecoder } from '../../kernel/loader/frames.ts';
import { FRAME, MAX_FRAME } from '../../kernel/loader/protocol.ts';

const bytes = (...frame: Parameters<typeof encodeFrame>) => Buffer.concat(encodeFrame(...frame));

test('frames survive any way of cutting the stream', () => {
  const sent = [
    bytes(FRAME.request, 1, { method: 'hello', params: { text: 'ä\n' } }),
    bytes(FRAME.batch, 2, undefined, Buffer.from([1, 2, 3])),
    bytes(FRAME.response, 3, {}, Buffer.alloc(70_000, 7)),
    bytes(FRAME.event, 4, { event: 'detached' }),
  ];
  const stream = Buffer.concat(sent);
  for (const size of [1, 3, 16, 17, 4096, stream.length]) {
    const decoder = new FrameDecoder();
    const frames: Frame[] = [];
    for (let at = 0; at < stream.length; at += size)
      frames.push(...decoder.push(stream.subarray(at, at + size)));
    assert.deepEqual(
      frames.map(({ kind, id, json, binary }) => [kind, id, json, binary.length]),
      [
        [FRAME.request, 1, { method: 'hello', params: { text: 'ä\n' } }, 0],
        [FRAME.batch, 2, undefined, 3],
        [FRAME.response, 3, {}, 70_000],
        [FRAME.event, 4, { event: 'detached' }, 0],
      ],
      `cut into ${size}`,
    );
    assert.equal(decoder.partial, false);
  }
});

const WRONG: [string, (frame: Buffer) => void][] = [
  ['a huge length', frame => frame.writeUInt32LE(MAX_FRAME + 1, 0)],
  ['a length shorter than the head', frame => frame.writeUInt32LE(11, 0)],
  ['an unknown kind', frame => frame.writeUInt8(9, 4)],
  ['reserved bytes in use', frame => frame.writeUInt8(1, 6)],
  ['more json than frame', frame => frame.writeUInt32LE(0xffff_ffff, 12)],
  ['json that is none', frame => frame.write('x', 16)],
];
for (const [name, spoil] of WRONG) {
  test(`${name} is refused`, () => {
    const frame = bytes(FRAME.request, 1, { method: 'hello' });
    spoil(frame);
    assert.throws(() => new FrameDecoder().push(frame), RangeError);
  });
}

test('a length alone reserves no memory', () => {
  const decoder = new FrameDecoder();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(MAX_FRAME);
  assert.deepEqual(decoder.push(length), []);
  assert.equal(decoder.partial, true);
});

test('garbage gives frames or a RangeError, nothing else', () => {
  let state = 1;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff;
    return state >> 16;
  };
  for (let round = 0; round < 2_000; round++) {
    const frame = bytes(FRAME.request, 1, { method: 'hello', params: {} });
    for (let flips = 0; flips < 3; flips++) frame[random() % frame.length] = random() & 0xff;
    try {
      new FrameDecoder().push(frame);
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error));
    }
  }
});
