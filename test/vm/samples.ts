/** The programs of Linux's own samples, in C, as readers paste them: packets on loopback. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { CellLanguage, RunSnapshot } from '../../kernel/protocol.ts';
import { type TestKernel, textOf } from '../host/kernel-helpers.ts';

const HEADERS = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
char LICENSE[] SEC("license") = "GPL";
`;

const RECEIVE = '__netif_receive_skb_core';

/** What the compiler called it. */
const received = () =>
  new RegExp(`\\b${RECEIVE}(?:\\.\\w+)*\\b`).exec(readFileSync('/proc/kallsyms', 'latin1'))![0];

/** `shown` runs a cell while a process of its own connects to itself and writes 6 bytes. */
export function testSamples(
  tests: TestKernel,
  shown: (source: string, language?: CellLanguage) => Promise<RunSnapshot>,
): void {
  test('4.6 to 4.14, 4.19: packets on loopback, in C and in bpftrace alike', async () => {
    const c = await shown(
      `${HEADERS}SEC("kprobe/${received()}") int bpf_prog1(struct pt_regs *ctx)
{
	char devname[IFNAMSIZ];
	struct net_device *dev;
	struct sk_buff *skb;
	int len;

	skb = _(*(struct sk_buff **)PT_REGS_PARM1(ctx));
	dev = _(skb->dev);
	len = _(skb->len);
	bpf_probe_read(devname, sizeof(devname), dev->name);
	if (devname[0] == 'l' && devname[1] == 'o') {
		char fmt[] = "skb %p len %d\\n";
		bpf_trace_printk(fmt, sizeof(fmt), skb, len);
	}
	return 0;
}
`,
      'bpf-c',
    );
    const bpftrace = await shown(`kprobe:${received()} {
  $skb = *(struct sk_buff **)arg0;
  if ($skb->dev->name == "lo") { printf("skb %p len %d\\n", $skb, $skb->len); }
}`);
    const first = (snapshot: RunSnapshot) =>
      /^skb (?:0x)?[0-9a-f]{8,} len (\d+)$/m.exec(textOf(snapshot).join('\n'))?.[1];
    assert.equal(first(c), first(bpftrace));
    assert.ok(Number(first(c)) >= 40, 'a packet of TCP');
  });

  test('4.9: a function that the compiler renamed is offered as it is called now', async (t: TestContext) => {
    if (received() === RECEIVE) return t.skip(`this Linux calls it ${RECEIVE}`);
    const { diagnostics } = await tests.run(
      `${HEADERS}SEC("kprobe/${RECEIVE}") int f(struct pt_regs *ctx) { return 0; }`,
      { language: 'bpf-c' },
    );
    const note = diagnostics.find(({ code }) => code === 'not-traceable');
    assert.ok(`${note?.message} ${note?.remedy}`.includes(received()), JSON.stringify(diagnostics));
  });
}
