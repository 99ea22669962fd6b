/** A field or type that a program wants of Linux and that this Linux does not have. Pure. */
import { type Diagnostic, type ProblemDetails, problem, type Span } from '../errors.ts';

/** libbpf's words, in the verifier's log: where such a place is reached. */
const UNRESOLVED =
  /failed to resolve CO-RE relocation <\w+> \[\d+\] (?<tag>struct|union|enum) (?<name>\w+?)(?:___\w+)?(?<path>[.[][\w.[\]]*)? \(/;

/** Undefined where the log is about something else. */
export function missingField(source: string, details: ProblemDetails): Diagnostic | undefined {
  const { tag, name, path } = UNRESOLVED.exec(details.log ?? '')?.groups ?? {};
  if (!tag) return undefined;
  const members = path?.match(/[A-Za-z_]\w*/g) ?? [];
  const member = members.at(-1);
  const type = `${tag} ${name}`;
  const span = (member === undefined ? undefined : useOf(source, member)) ?? details.span;
  return member
    ? problem('no-such-field', { type, field: members.join('.') }, { ...details, span })
    : problem('no-such-type', { type }, { ...details, span });
}

/** Where a member is first read: `p->member`, `BPF_CORE_READ(p, member)`. */
function useOf(source: string, member: string): Span | undefined {
  for (const [line, text] of source.split('\n').entries()) {
    const match = new RegExp(`(?:->|\\.|,)\\s*(${member})\\b`).exec(text);
    if (!match) continue;
    const column = match.index + match[0].length - member.length;
    return { start: { line, column }, end: { line, column: column + member.length } };
  }
  return undefined;
}
