/** What the addon threw, in the terms of an error answer. The words for the user are chosen by the kernel. */
import type { ErrorCode } from '../errors.ts';
import type { LoaderFailure } from './protocol.ts';

type NativeError = Error & { code?: string; log?: string; program?: string; map?: string };

/** The row of kernel/errors.ts that a failure of a request belongs to. */
const CODE_OF_REQUEST: Record<string, ErrorCode> = {
  open: 'not-an-object',
  load: 'load-failed',
  attach: 'attach-failed',
};

/** A log with this was written by the verifier, not by libbpf; Linux forgets some ends of lines. */
const VERIFIER = /processed \d+ insns|^R\d+ |^\d+: \(/m;

export function failureOf(method: string, thrown: unknown): LoaderFailure {
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as NativeError;
  const code = codeOf(method, error);
  const { program, map, log } = error;
  return {
    code: code ?? 'internal',
    message: error.message,
    ...(program ? { program } : {}),
    ...(map ? { map } : {}),
    ...(log ? { log } : {}),
    ...(error.code ? { errno: error.code } : {}),
  };
}

function codeOf(method: string, { code, log, map }: NativeError): ErrorCode | undefined {
  // Opening asks nothing of Linux: what is forbidden then is so by the allow-list.
  if (method === 'open' && code === 'EPERM') return 'not-allowed';
  // Only perf buffers are opened with a map's name.
  if (method === 'attach' && map) return 'perf-buffer-refused';
  return method === 'load' && log && VERIFIER.test(log) ? 'verifier-refused' : CODE_OF_REQUEST[method];
}

/** An error of the loader's own, with the errno that fits. */
export function refuse(message: string, code: string, about: { program?: string } = {}): Error {
  return Object.assign(new Error(message), { code }, about);
}
