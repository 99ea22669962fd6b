/** Helpers of Linux that fail: the program goes on, and someone is told. */
import type { Range } from '../nodes.ts';
import type { AddressSpace } from '../types.ts';
import type { MapPlan } from './maps.ts';
import type { ProgramWriter } from './program.ts';

const RETCODE = { kind: 'int', size: 8, signed: true } as const;

/** How memory is read, by address space: bytes, strings, and what the helper behind it is called. */
export const READERS: Readonly<Record<AddressSpace, { bytes: string; text: string; helper: string }>> = {
  kernel: { bytes: 'bpf_probe_read_kernel', text: 'read_string', helper: 'probe_read_kernel' },
  user: { bytes: 'bpf_probe_read_user', text: 'read_user_string', helper: 'probe_read_user' },
  none: { bytes: 'read_any', text: 'read_any_string', helper: 'probe_read' },
};

/** Sends what a helper gave when that is an error. */
export function reportHelper(g: ProgramWriter, helper: string, code: string, at: Range): void {
  g.block(`if (${code} < 0)`, () => sendHelperError(g, helper, code, at));
}

/** As {@link reportHelper}, of an update that a map did not take; it is counted, too. */
export function reportUpdate(g: ProgramWriter, plan: MapPlan, code: string, at: Range): void {
  g.block(`if (${code} < 0)`, () => {
    g.emit(`count_failed(${g.module.lostUpdate(plan)}, ${code});`);
    sendHelperError(g, 'map_update_elem', code, at);
  });
}

export function sendHelperError(g: ProgramWriter, helper: string, retcode: string, at: Range): void {
  g.send(
    'helper_error',
    [{ name: 'retcode', c: retcode, type: RETCODE }],
    { do: 'helper-error', helper },
    at,
  );
}

/** Failed reads give zeros; only who asks for it is told. */
export function reportRead(g: ProgramWriter, space: AddressSpace, call: string, at: Range): void {
  if (!g.options.warnReads) g.emit(`${call};`);
  else reportHelper(g, READERS[space].helper, g.local('__s64', 'code', call), at);
}

/** Reads a string; gives its length, NUL included. */
export function readText(
  g: ProgramWriter,
  space: AddressSpace,
  destination: string,
  size: number | string,
  address: string,
  at: Range,
): string {
  const { text, helper } = READERS[space];
  const call = `${text}(${destination}, ${size}, ${address})`;
  if (!g.options.warnReads) return call;
  if (space === 'none') {
    // A string has at least its NUL; only a failed read gives nothing.
    const length = g.local('__u64', 'length', call);
    g.block(`if (!${length})`, () => sendHelperError(g, `${helper}_str`, EFAULT, at));
    return length;
  }
  const code = g.local('__s64', 'code', `bpf_${helper}_str(${destination}, ${size}, (void *)${address})`);
  reportHelper(g, `${helper}_str`, code, at);
  return g.local('__u64', 'length', `string_length(${code}, ${size})`);
}

const EFAULT = '-14';
