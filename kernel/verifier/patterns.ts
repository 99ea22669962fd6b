/** Verdicts of the verifier that are known: what each means, what matters for it, and what to do. One row a pattern. */
import type { Change } from './fixes.ts';
import { addLicense, checkForNull } from './fixes.ts';

/** What a row's words can speak of. */
export interface Facts {
  match: RegExpExecArray;
  /** What the register at fault holds, as the source calls it: `value`, `the result of bpf_…()`, `R0`. */
  subject: string;
  /** Called by the last step, without its number: `bpf_get_func_ip`. */
  callee: string;
  /** Bytes of the memory at fault, if known. */
  size?: number;
  /** The variable that the source puts the register's value into, and the line it does so in, if they are known. */
  variable?: string;
  originLine?: number;
  /** The program's own text, if there is one to change. */
  source?: string;
}

export interface Pattern {
  name: string;
  /** Fits one of the verdict's lines. The register that it names, as `R0`, is the one at fault. */
  verdict: RegExp;
  sentence: (facts: Facts) => string;
  /** What to do, for who wrote C. */
  remedy: string | ((facts: Facts) => string);
  /** What to do, for who wrote bpftrace: of those that a sound program may meet. */
  bpftrace?: string;
  /** Which registers matter, besides the one at fault; for calls its arguments. */
  state?: (match: RegExpExecArray) => string[];
  /** The stack matters. */
  stack?: boolean;
  /** It is about the whole program, not about where the verifier stopped. */
  whole?: boolean;
  /** `callee` is what made the value at fault, instead of what the last step calls. */
  blamesOrigin?: boolean;
  fix?: (facts: Facts) => Change | undefined;
}

const BOUNDS =
  'Compare it with its limits right before the use: if (x >= SIZE) return 0; for an unsigned length x &= SIZE - 1 does it, too. The compared variable and the used one must be the same.';
const RELEASE: Record<string, string> = {
  bpf_ringbuf_reserve:
    'Every way out after bpf_ringbuf_reserve() needs a bpf_ringbuf_submit() or bpf_ringbuf_discard().',
  bpf_ringbuf_reserve_dynptr:
    'Every way out after bpf_ringbuf_reserve_dynptr(), also the one where it failed, needs a bpf_ringbuf_submit_dynptr() or bpf_ringbuf_discard_dynptr().',
};

/** The first row that fits counts, so what is more exact stands first. */
export const PATTERNS: readonly Pattern[] = [
  {
    name: 'null-check',
    verdict:
      /^R\d+ invalid mem access '\w*_or_null\w*'|^R\d+ pointer arithmetic on \w*_or_null\w* prohibited|^R\d+ type=\w*_or_null\w* expected=/,
    sentence: ({ subject }) => `${subject} may be NULL here, and is used without a check`,
    remedy: ({ variable }) =>
      `Check it before the first use: if (!${variable ?? 'pointer'}) return 0; the verifier then knows that it is not NULL.`,
    fix: checkForNull,
  },
  {
    name: 'not-a-pointer',
    verdict: /^R(\d+) invalid mem access '(?:scalar|inv)'/,
    sentence: ({ subject }) =>
      `${subject} is a plain number to the verifier, which cannot be followed as a pointer`,
    remedy:
      'Read what it points to with BPF_CORE_READ() or bpf_probe_read_kernel(); memory of processes with bpf_probe_read_user().',
  },
  {
    name: 'endless-loop',
    verdict: /^infinite loop detected at insn \d+|^back-edge from insn \d+ to \d+/,
    sentence: () =>
      'the loop comes back to where it was with nothing changed that the verifier can see, so it may never end',
    remedy:
      'Count the turns in a plain local variable, up to a constant: for (int i = 0; i < 16; i++); or use bpf_for() or bpf_loop().',
    bpftrace: 'Use a loop over a range, which always ends: for $i : 0..16 { … }.',
    stack: true,
  },
  {
    name: 'too-complex',
    verdict:
      /^[Tt]he sequence of \d+ jumps is too complex|^BPF program is too large\. Processed (\d+) insn|^BPF program is too complex|^too many (?:states|different paths)/,
    sentence: () =>
      'the verifier gave up, because it follows every turn of a loop and both sides of every branch',
    remedy:
      'Give loops fewer turns, or use bpf_loop() or bpf_for(), whose body is verified once; or split the program.',
    bpftrace:
      'Give while and unroll fewer turns, or use a loop over a range, whose body is verified once: for $i : 0..1000 { … }.',
    state: () => [],
  },
  {
    name: 'stack-overflow',
    whole: true,
    verdict:
      /^combined stack size of (\d+) calls? is (\d+)\. Too large|^stack size of subprog \d+ is (\d+)\. Too large/,
    sentence: ({ match }) =>
      match[2] === undefined
        ? `a function needs ${match[3]} bytes of stack, and there are 512`
        : `${match[1]} functions that call each other need ${match[2]} bytes of stack together, and there are 512`,
    remedy: 'Put large variables into the value of a per-CPU array map of one entry, and look that up.',
    bpftrace: 'Keep large values in maps instead of variables, or split the program.',
    state: () => [],
  },
  {
    name: 'stack-bounds',
    verdict:
      /^invalid (?:unbounded )?(?:variable-offset )?(?:read from|write to|indirect access to) stack R\d+(?: var_off=\S+)?(?: off=|$)|^invalid stack (?:type R\d+ )?off=/,
    sentence: () => 'this reaches outside of the variable on the stack',
    remedy: BOUNDS,
    stack: true,
  },
  {
    name: 'uninitialised-stack',
    verdict: /^invalid (?:indirect )?read from stack (?:R\d+ )?(?:off|var_off) /,
    sentence: () =>
      'bytes on the stack are read that nothing was written to, such as the padding between the members of a struct',
    remedy:
      'Set all of it to zero first: struct key key; __builtin_memset(&key, 0, sizeof(key)); an initialiser leaves padding out.',
    stack: true,
  },
  {
    name: 'uninitialised-register',
    verdict: /^R(\d+) !read_ok/,
    sentence: ({ match }) =>
      match[1] === '0'
        ? 'the function may end without a value to return'
        : 'a variable is read that has no value on this path; a call leaves none of the arguments of its caller either',
    remedy: 'Give the variable a value where it is declared, or on every path before this line.',
  },
  {
    name: 'misaligned',
    verdict: /^misaligned (?:\w+ )?access off .* size (\d+)/,
    sentence: ({ match }) =>
      `${match[1]} bytes are accessed at an address that is no multiple of ${match[1]}`,
    remedy:
      'Use a variable of that type instead of a place within an array of bytes, or copy with __builtin_memcpy().',
  },
  {
    name: 'context-access',
    verdict:
      /^invalid bpf_context access off=(-?\d+) size=(\d+)|^dereference of modified ctx ptr R(\d+) off=(-?\d+) disallowed|^variable ctx access var_off=/,
    sentence: ({ match }) =>
      match[1] === undefined
        ? "the program's context is read at a place that is computed, and only fixed places can be read"
        : `the context has no field of ${match[2]} bytes at byte ${match[1]} that this kind of program may access`,
    remedy:
      'Use the struct that fits the attach point (struct trace_event_raw_… for tracepoints, struct pt_regs for probes) and its fields by name.',
    state: () => ['R1'],
  },
  {
    name: 'pointer-arithmetic',
    verdict:
      /^R(\d+) (?:(?:32-bit )?pointer arithmetic|bitwise operator)(?: with)? ?(\S+)?(?: on pointer| operator)?.* prohibited|^R(\d+) (?:pointer \+= pointer|subtraction from stack pointer) prohibited|^R\d+ tried to subtract pointer from scalar|^math between \w+ pointer and register with unbounded min value|^math between \w+ pointer and -?\d+ is not allowed|^value -?\d+ makes \w+ pointer be out of bounds/,
    sentence: ({ match }) =>
      (match[1] ?? match[3]) === undefined
        ? 'an offset without limits is added to a pointer'
        : `the verifier allows no such arithmetic on a pointer${/[*/&|^%<>]=/.test(match[2] ?? '') ? ` (${match[2]})` : ''}`,
    remedy:
      'Only add or subtract numbers whose limits were compared, on a pointer that was checked for NULL; to compute with an address, read it into a u64 by bpf_probe_read_kernel().',
  },
  {
    name: 'map-bounds',
    verdict:
      /^R(\d+) (?:max value is outside of the allowed memory range|(?:min|max) value is outside of the (?:allowed|array) (?:memory )?range)|^R(\d+) (?:unbounded memory access, make sure|min value is negative, either use unsigned index)|^invalid access to (?:map value(?: pointer)?|memory|mem|packet),/,
    sentence: ({ subject, size }) =>
      `${subject} may reach outside of the memory it points into${size === undefined ? '' : `, which has ${size} bytes`}`,
    remedy: BOUNDS,
  },
  {
    name: 'unbounded-length',
    verdict:
      /^R(\d+) (?:unbounded memory access, use|min value is negative, either use unsigned or)|^(?:R(\d+) )?invalid zero-sized read/,
    sentence: ({ subject, callee }) =>
      `the length ${callee ? `given to ${callee}() ` : ''}has no limit that the verifier knows: ${subject} may be negative, or larger than the memory`,
    remedy: BOUNDS,
    state: match => [`R${Number(match[1] ?? match[2] ?? 0) - 1}`],
  },
  {
    name: 'gpl-only',
    verdict:
      /^cannot call (?:GPL[- ]restricted|kernel) function from non-GPL compatible program|^Cannot access kernel '(.*)' from non-GPL compatible program/,
    sentence: ({ match, callee }) =>
      `${match[1] ? `fields of ${match[1]} may only be read` : `${callee || 'this function'}() may only be called`} by programs whose license is GPL-compatible`,
    remedy: 'Add: char LICENSE[] SEC("license") = "GPL";',
    state: () => [],
    fix: addLicense,
  },
  {
    name: 'sleeping',
    verdict:
      /^(?:global functions? that may sleep|helper call might sleep in a non-sleepable prog|sleepable helper \S+ (?:within|in) .*|kernel func \S+ is sleepable within .*|program must be sleepable to call sleepable kfunc (\S+))|^(?:unknown func|program of this type cannot use helper) bpf_copy_from_user/,
    sentence: ({ callee }) => `${callee || 'this function'}() may sleep, and this program or region must not`,
    remedy:
      'Make the program sleepable where its kind allows it (SEC("uprobe.s/…"), SEC("fentry.s/…"), SEC("iter.s/…")), or use the variant that does not sleep, as bpf_probe_read_user() for bpf_copy_from_user().',
    state: () => [],
  },
  {
    name: 'write-locked-down',
    verdict: /^(?:unknown func|program of this type cannot use helper) bpf_probe_write_user#/,
    sentence: () => 'this Linux lets no program write into the memory of processes',
    remedy:
      'Linux may be locked down ("lockdown=none" at boot allows it), or the loader lacks CAP_SYS_ADMIN, which "//| unsafe: write_user" or --unsafe gives it.',
    state: () => [],
  },
  {
    name: 'helper-not-allowed',
    verdict:
      /^(?:unknown func|program of this type cannot use helper|func) (\w+)#\d+(?: not supported for program type \d+)?$|^invalid func \w+#?(\d+)|^helper call is not allowed in probe/,
    sentence: ({ match, callee }) =>
      `this Linux gives ${match[1] ?? (callee || 'this helper')}() to other kinds of programs, not to this one`,
    remedy:
      'Use another helper, or attach by another kind of probe: the man page bpf-helpers says which kinds have it.',
    state: () => [],
  },
  {
    name: 'kfunc-not-allowed',
    verdict:
      /^calling kernel function (\w+) is not allowed|^kernel (?:btf_id \d+|function \w+) is not a kernel function|^calling kernel function is not supported/,
    sentence: ({ match, callee }) =>
      `this Linux does not let this kind of program call ${match[1] ?? callee}()`,
    remedy: 'Call it from a kind of program that may (tp_btf, fentry, iter), or do without it.',
    state: () => [],
  },
  {
    name: 'unlock-missing',
    verdict:
      / cannot be used inside \S+-ed region|^bpf_\w+ is missing$|^unmatched rcu read unlock|^function calls are not allowed while holding a lock/,
    sentence: () => 'the program ends, or leaves the function, while it holds a lock',
    remedy:
      'Unlock on every way out: bpf_rcu_read_unlock(), bpf_spin_unlock(), bpf_preempt_enable() or bpf_local_irq_restore().',
    state: () => [],
  },
  {
    name: 'unreleased-reference',
    blamesOrigin: true,
    verdict: /^Unreleased reference id=(?:\d+) alloc_insn=\d+|would lead to reference leak|^reference leak/,
    sentence: ({ subject }) => `the program ends here, and what ${subject} gave was not given back`,
    remedy: ({ callee }) =>
      RELEASE[callee] ??
      'Give it back on every way out, by the function that goes with the one that gave it.',
    state: () => ['refs'],
  },
  {
    name: 'dynptr',
    verdict:
      /^Expected (?:an?|a dynptr of type) .*dynptr.* as arg #(\d+)|^(?:arg \d+ is an unacquired reference|cannot (?:overwrite|pass in) .*dynptr|Dynptr has to be an uninitialized|(?:arg#\d+ )?expected .* dynptr)/,
    sentence: ({ callee, match }) =>
      `${callee || 'this function'}() needs a dynptr${match[1] === undefined ? '' : ` that is ${/an initialized/.test(match[0]) ? 'initialised' : 'of another kind'}`}`,
    remedy:
      'Make the dynptr first, by bpf_dynptr_from_mem() or bpf_ringbuf_reserve_dynptr(); one that was submitted or discarded cannot be used again.',
    stack: true,
  },
  {
    name: 'read-only',
    verdict: /^write into map forbidden|^R(\d+) cannot write into \w+|^write to .* not allowed/,
    sentence: ({ subject }) => `${/^R\d+$/.test(subject) ? 'this' : subject} can be read only`,
    remedy:
      'Constants (const volatile) are parameters and cannot change; copy the value into a variable, or drop const.',
  },
  {
    name: 'write-to-linux',
    verdict: /^only read is supported|^cannot write into \w+ at off/,
    sentence: () => 'memory of Linux itself is written to, and it can only be read',
    remedy: 'Copy what you need into a variable of the program, and change that.',
  },
  {
    name: 'beyond-struct',
    verdict:
      /^access beyond (?:struct|the end of member) (\w+) (?:at off (\d+) size|\()|^R\d+ is \w*?ptr_(\w+) invalid negative access: off=(-\d+)/,
    sentence: ({ match: [, struct, after, behind, before] }) =>
      before === undefined
        ? `struct ${struct} ends before byte ${after ?? 'that is read'}`
        : `struct ${behind} begins behind byte ${before}`,
    remedy:
      'Check that the type of the pointer is right, and that indexes of arrays within it are constant or compared.',
  },
  {
    name: 'return-value',
    verdict:
      /^At (?:program|subprogram|async callback).* (?:exit )?the register R(\d+) has (.*?) ?should have been in (.*)/,
    sentence: ({ match }) => `this kind of program must return a value in ${interval(match[3]!)}`,
    remedy: ({ match }) => `Return a constant in ${interval(match[3]!)}; 0 is always right.`,
  },
  {
    name: 'kfunc-argument',
    verdict:
      /^arg#(\d+) (?:pointer type|is neither|expected|is not|.*must).*|^R(\d+) must (?:be (?:referenced|a rcu pointer|referenced or trusted|a known constant)|have zero offset when passed to)|^kernel function \w+ args#?\d+ expected pointer to|^Possibly NULL pointer passed to (?:trusted|helper) arg\d+/,
    sentence: ({ callee }) =>
      `an argument of ${callee || 'this function'}() is not the kind of pointer that it takes`,
    remedy:
      'Pass a pointer that Linux gave this program and that was checked for NULL: an argument of tp_btf or fentry, or bpf_get_current_task_btf(); numbers and copies are no such pointers.',
    state: match => [`R${Number(match[1] ?? 0) + 1}`],
  },
  {
    name: 'map-type',
    verdict: /^cannot pass map_type \d+ into func (\w+)#\d+/,
    sentence: ({ match }) => `${match[1]}() does not take maps of this type`,
    remedy:
      'Give it a map of the type that it is for: bpf_ringbuf_… a ring buffer, bpf_perf_event_output() a perf event array.',
    state: () => ['R1', 'R2'],
  },
  {
    name: 'missing-field',
    verdict: /failed to resolve CO-RE relocation <\w+> \[\d+\] (.*?) \(/,
    sentence: ({ match }) => `this Linux has no ${match[1]!.replace(/___\w+/, '')}`,
    remedy:
      'Use the name and type that this Linux has; or ask first, for programs that shall run on several: if (bpf_core_field_exists(pointer->field)).',
    state: () => [],
  },
  {
    name: 'argument-type',
    verdict: /^R(\d+) type=(\w+) expected=(.*)/,
    sentence: ({ match, callee, subject }) =>
      `argument ${match[1]} of ${callee || 'this function'}() is ${KINDS[match[2]!] ?? `of type ${match[2]}`}, and it takes a pointer${/^R\d+$/.test(subject) ? '' : `; that is ${subject}`}`,
    remedy:
      'Pass the address of a variable or of a value of a map, of the size that the function reads or writes.',
  },
  {
    name: 'damaged',
    whole: true,
    verdict:
      /^BPF_\w+(?:\/\w+)? uses (?:reserved fields|invalid atomic opcode)|^unknown opcode|^(?:invalid|unrecognized) bpf_ld_imm64 insn|^R\d+ is invalid|^frame pointer is read only|^Invalid (?:line_info|func_info|insn code at line_info)|^invalid type id -?\d+ in func info|^nonzero insn_off|^missing bpf_line_info|^invalid may_goto imm|^invalid shift \d+|^direct value offset of \d+ is not allowed/,
    sentence: () => 'it holds an instruction, or debug information, that makes no sense',
    remedy: 'Compile it again: no compiler writes that, so the object was damaged, or written by hand.',
    state: () => [],
  },
  {
    name: 'no-exit',
    whole: true,
    verdict:
      /^last insn is not an exit or jmp|^jump out of range from insn|^no exit in|^unreachable insn \d+|^no program instructions/,
    sentence: () => 'a path of the program ends without return',
    remedy:
      'Put a return at the end of each function; clang leaves it out where it takes the end for unreachable.',
    state: () => [],
  },
];

/** How a verdict calls what is not a pointer. */
const KINDS: Record<string, string> = {
  scalar: 'a number',
  inv: 'a number',
  ctx: "the program's context",
  fp: 'the address of a variable',
};

/** Before Linux 6.8 limits are the bits that are known, and those that are not: `(0x0; 0x1)`. */
function interval(limits: string): string {
  const [, known, open] = /^\((0x[0-9a-f]+); (0x[0-9a-f]+)\)/.exec(limits) ?? [];
  return known && open ? `[${BigInt(known)}, ${BigInt(known) | BigInt(open)}]` : limits;
}
