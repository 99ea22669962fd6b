/** Functions on the network's own structs. */
import { literalNeeded } from '../checker/arguments.ts';
import type { CheckContext } from '../checker/context.ts';
import { canFollow, followed } from '../generator/followed.ts';
import type { CallNode } from '../nodes.ts';
import { baseName, isInteger, typeName, UINT32, UINT64 } from '../types.ts';
import type { FunctionRow } from './rows.ts';

/** Reports an argument that is no pointer to this struct. */
function wantPointer(call: CallNode, at: number, struct: string, context: CheckContext): void {
  const argument = call.arguments[at]!;
  const type = context.typeOf(argument);
  const fits = type.kind === 'pointer' && type.to.kind === 'struct' && type.to.name === struct;
  if (fits || type.kind === 'unknown') return;
  const reason =
    type.kind === 'pointer'
      ? `'${struct} *' as the argument ('${typeName(type)}' provided)`
      : `pointer arguments (${baseName(type)} provided)`;
  context.report('argument-struct', { name: call.name, reason }, argument);
}

/** Bytes of a packet that a record can hold. */
const MOST_PACKET = 16_384;

export const packets: readonly FunctionRow[] = [
  {
    name: 'socket_cookie',
    signature: 'socket_cookie(socket)',
    docs: 'The number by which Linux tells sockets apart, of a struct sock *. Of arguments of fentry and fexit and of iterators it is always there; elsewhere it is 0 until somebody has asked for it.',
    since: '24',
    example: 'begin { print(socket_cookie((struct sock *)0)); exit(); }',
    arguments: [1, 1],
    type: (call, context) => {
      wantPointer(call, 0, 'struct sock', context);
      return UINT64;
    },
    lower: (call, g) => {
      g.needs('sock');
      const [argument] = call.arguments;
      if (canFollow(g, argument!)) {
        const cookie = g.local('__u64', 'cookie', '0');
        followed(g, argument!, c => g.emit(`${cookie} = bpf_get_socket_cookie(${c});`));
        return cookie;
      }
      const socket = g.local('struct sock *', 'socket', `(void *)${g.value(argument!)}`);
      return `(__u64)BPF_CORE_READ(${socket}, __sk_common.skc_cookie.counter)`;
    },
  },
  {
    name: 'skboutput',
    signature: 'skboutput("file", packet, length, offset)',
    docs: 'Appends a packet, a struct sk_buff *, to a file that tcpdump and Wireshark read: at most `length` bytes of its linear part, from `offset` on. Gives 0, or an error number.',
    since: '17',
    example:
      'rawtracepoint:consume_skb { $error = skboutput("packets.pcap", (struct sk_buff *)arg0, 100, 0); exit(); } interval:ms:100 { exit(); }',
    arguments: [4, 4],
    effect: true,
    type: (call, context) => {
      const [file, , ...numbers] = call.arguments;
      if (context.text(file!) === undefined) literalNeeded(context, call.name, file!, 'string', 'file');
      wantPointer(call, 1, 'struct sk_buff', context);
      for (const number of numbers) {
        const type = context.typeOf(number);
        if (!isInteger(type) && type.kind !== 'unknown')
          context.report(
            'argument-type',
            { name: call.name, expected: 'int', given: baseName(type) },
            number,
          );
      }
      return UINT32;
    },
    lower: (call, g) => {
      const [file, packet, length, offset] = call.arguments;
      g.needs('sk_buff');
      const buffer = g.local('struct sk_buff *', 'packet', `(void *)${g.value(packet!)}`);
      const whole = g.local('__u64', 'whole', `BPF_CORE_READ(${buffer}, len)`);
      const from = g.local('__u64', 'from', g.value(offset!));
      const linear = g.local('__u64', 'linear', `${whole} - BPF_CORE_READ(${buffer}, data_len)`);
      const wanted = g.local('__u64', 'wanted', g.value(length!));
      const failed = g.local('__s64', 'failed', '0');
      const INT = { kind: 'int', size: 8, signed: false } as const;
      g.send(
        'skboutput',
        [
          { name: 'nsecs', c: 'bpf_ktime_get_boot_ns()', type: INT },
          { name: 'length', c: `(${whole} > ${from} ? ${whole} - ${from} : 0)`, type: INT },
          {
            name: 'packet',
            size: MOST_PACKET,
            binary: true,
            into: (destination, size) => {
              g.emit(`if (${from} > ${linear})`);
              g.emit(`\t${linear} = ${from};`);
              g.emit(`if (${wanted} > ${linear} - ${from})`);
              g.emit(`\t${wanted} = ${linear} - ${from};`);
              const start = `(void *)((__u64)BPF_CORE_READ(${buffer}, data) + ${from})`;
              const bytes = g.local('__u64', 'captured', `at_most(${wanted}, ${size})`);
              g.emit(`${failed} = bpf_probe_read_kernel(${destination}, ${bytes}, ${start});`);
              return `(${failed} ? 0 : ${bytes})`;
            },
          },
        ],
        { do: 'skboutput', file: g.text(file!) ?? '' },
        call,
      );
      return `(__u64)(__u32)-${failed}`;
    },
  },
];
