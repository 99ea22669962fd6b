/** What the loader's allow-list refuses, in words for the user. Pure. */
import { type Diagnostic, type ProblemDetails, problem, type Span } from '../errors.ts';
import type { UnsafeAction } from '../loader/protocol.ts';

/** Helpers that a run may be allowed to call. */
const ACTIONS: Partial<Record<string, UnsafeAction>> = {
  bpf_send_signal: 'signal',
  bpf_send_signal_thread: 'signal_thread',
  bpf_override_return: 'override',
  bpf_probe_write_user: 'write_user',
};

/** `section tp/a/b: helper bpf_x is not allowed: only tracing is`, as the addon says it. */
const SAID = /^(?:section \S+: )?(?:(?:helper|kernel function) (\w+)|(.*)) is not allowed/;

/** The diagnostic of a ban, at the first place where the function is named. */
export function explainBan(message: string, source: string, details: ProblemDetails): Diagnostic {
  const [, name, other = message] = SAID.exec(message) ?? [];
  const action = name ? ACTIONS[name] : undefined;
  const remedy = action
    ? `Allow it: with --unsafe on the command line, with //| unsafe: ${action} in a cell.`
    : 'Leave it out: what reads, counts and reports can be called.';
  return problem(
    'not-allowed',
    { what: name ? `${name}()` : other, remedy },
    { ...details, span: (name && callOf(name, source)) || details.span },
  );
}

/** Where a function of Linux is first named, to be called or declared. */
export function callOf(name: string, source: string): Span | undefined {
  const lines = source.split('\n');
  const call = new RegExp(`\\b${name}(?=\\s*\\()`);
  const line = lines.findIndex(text => call.test(text.replace(/\/\/.*$/, '')));
  if (line < 0) return undefined;
  const column = lines[line]!.search(call);
  return { start: { line, column }, end: { line, column: column + name.length } };
}
