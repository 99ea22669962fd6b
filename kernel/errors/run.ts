/** What goes wrong from the compiler on: in clang, in the loader, in Linux, and while records stream. */
import type { ErrorRow } from './row.ts';

export const RUN_ERRORS = {
  'no-clang': { phase: 'compile', message: 'clang was not found', remedy: 'Install it: {command}' },
  'no-objdump': {
    phase: 'compile',
    message: '{program} was not found',
    remedy: 'Install the llvm package that goes with your clang.',
  },
  'clang-error': { phase: 'compile', message: '{message}', remedy: '{remedy}' },
  'header-missing': {
    phase: 'compile',
    message: "'{header}' file not found",
    remedy:
      'Put it into a header cell that starts with "//| file: {header}", or into a file beside the notebook.{draft}',
  },
  'not-shown': {
    phase: 'compile',
    message: '{name} is used, but not defined',
    remedy: 'Define it, or include the header that does.{draft}',
  },
  'old-maps': {
    phase: 'compile',
    message: '{names}: struct bpf_map_def was the form of maps before libbpf 1.0, which takes them no more',
    remedy: 'Declare them as struct { __uint(type, …); __type(key, …); … } NAME SEC(".maps").',
  },
  'headers-clash': {
    phase: 'compile',
    message: 'vmlinux.h and {headers} define the same types, each in its own way',
    remedy:
      'Include one or the other. vmlinux.h has all types of Linux; macros that only the headers have are supplied where programs miss them.',
  },
  'constants-supplied': {
    phase: 'compile',
    severity: 'hint',
    message: '{names} {is}, which vmlinux.h cannot have: the notebook supplies {it}',
    remedy: 'Other tools do not: define them in the program, if it shall be compiled elsewhere too.',
  },
  'not-a-program': {
    phase: 'compile',
    severity: 'warning',
    message: 'function {name} has no SEC(), so it is not a program and never runs',
    remedy: 'Add {sections} before it; or make it static, if other functions call it.',
  },
  'section-unknown': {
    phase: 'compile',
    message: 'SEC("{section}") is no kind of program',
    remedy: '{remedy}',
  },
  'section-incomplete': {
    phase: 'compile',
    message: 'SEC("{section}") does not say where the program attaches',
    remedy: 'Write SEC("{written}").',
  },
  'section-refused': {
    phase: 'compile',
    message: 'SEC("{section}") is not run here: such a program {does}',
    remedy: '{remedy}',
  },
  'section-switched-off': {
    phase: 'compile',
    severity: 'hint',
    message: 'SEC("{section}") begins with a question mark: the program is not loaded',
    remedy: 'Take the question mark away to attach it.',
  },
  'section-unsafe': {
    phase: 'compile',
    message: 'SEC("{section}") can change what it traces',
    remedy: 'Allow it: with --unsafe on the command line, with //| unsafe: {name} in a cell.',
  },
  'tail-calls': {
    phase: 'compile',
    severity: 'hint',
    message:
      'the programs without a place of their own were put into {map}, in the order of the source: {programs}',
    remedy:
      'To choose their places, fill the map where it is declared: .values = { [3] = (void *)&program }.',
  },
  'program-answered': {
    phase: 'attach',
    severity: 'warning',
    message: 'program {program} of SEC("syscall") returned {result}',
  },
  'tool-damaged': {
    phase: 'open',
    message: '{file} is a damaged tool: {reason}',
    remedy: 'Copy it again, as binary, or build it again: ebpfnb build FILE -o {file}',
  },
  'tool-format': {
    phase: 'open',
    message: '{file} was built in format {format}; this program reads format {known}',
    remedy: 'Install the version that built it, or build it again.',
  },
  'tool-arch': {
    phase: 'open',
    message: '{name} was built for {arch}, and this machine is {here}',
    remedy: 'Build it on a machine of the same kind.',
  },
  'tool-differs': {
    phase: 'compile',
    message:
      '{name} was built on Linux {linux} and does not fit this one: the program becomes something else here, beginning with: {difference}',
    remedy:
      'Install clang here, so that it can be compiled again, or build it on a Linux like this one, with this version of ebpfnb (it was built by {by}).',
  },
  'tool-recompiled': {
    phase: 'compile',
    severity: 'hint',
    message:
      '{name} was compiled again, because it becomes something else on this Linux, beginning with: {difference}',
  },
  'tool-fixed': {
    phase: 'compile',
    severity: 'hint',
    message: 'the options of {file} keep the values that it is built with: {reason}',
    remedy: 'Give them as it is built: ebpfnb build {file} -- --option=value',
  },
  'no-license': {
    phase: 'compile',
    severity: 'warning',
    message: 'the program states no license, so Linux refuses it many helpers',
    remedy: 'Add: char LICENSE[] SEC("license") = "GPL";',
  },
  'record-untyped': {
    phase: 'compile',
    severity: 'warning',
    message: 'the type of the records in ring buffer {ring} is not known',
    remedy: "Submit or output a pointer of the record's struct type instead of void *.",
  },
  'bad-annotation': {
    phase: 'compile',
    severity: 'warning',
    message: 'what is said of {name} is no JSON: {text}',
    remedy: 'Write a JSON object on one line, like {"type": "log2_hist"}.',
  },
  'bad-format': {
    phase: 'compile',
    severity: 'warning',
    message: '{name} cannot be shown as {format}: {reason}',
    remedy: 'Formats are: {formats}; enum NAME and flags NAME name an enumeration.',
  },
  'printk-lines': {
    phase: 'compile',
    severity: 'hint',
    message: 'bpf_trace_printk gives lines of text, of three values at most',
    remedy:
      'For a table with columns, submit a struct to a ring buffer: bpf_ringbuf_reserve() and bpf_ringbuf_submit().',
  },
  'context-of-tracepoint': {
    phase: 'compile',
    severity: 'warning',
    message: 'struct {struct} is what a tracepoint gives; a probe of a function gives its registers',
    remedy:
      'Take the arguments by name: int BPF_KPROBE(name, struct file *file). Fields such as __data_loc_filename are there in SEC("tp/…") only.',
  },
  'text-by-size': {
    phase: 'compile',
    severity: 'hint',
    message:
      'as many bytes as {text} has are copied from {pointer}->{member}, whatever is there; what cannot be read is zero',
    remedy:
      'Of a text, BPF_CORE_READ_STR_INTO(&{text}, {pointer}, {member}) reads what is there, up to its end.',
  },
  'fields-unset': {
    phase: 'compile',
    severity: 'hint',
    message:
      '{func} does not always write {fields} of struct {struct}: where it did not, they are shown as unset',
    remedy:
      'A ring buffer is not cleared: without it, such fields would hold what an earlier record left there. Write them, or clear the record first: *e = (struct {struct}){};',
  },
  'context-misfit': {
    phase: 'compile',
    severity: 'warning',
    message: 'struct {struct} does not fit {probe} of this Linux: {fields}',
    remedy:
      'It was written for another Linux. Take the struct of the same name from #include "vmlinux.h", or copy the fields as "ebpfnb list -v" shows them.',
  },
  'argument-differs': {
    phase: 'compile',
    severity: 'warning',
    message: 'argument {number} of {function} is {real} on this Linux, not {type}',
    remedy:
      'Its prototype differs between versions. Read what it points to as that, or use SEC("fentry/{function}"), where Linux checks types.',
  },
  'nested-registers': {
    phase: 'compile',
    severity: 'warning',
    message:
      "argument {number} of {function} is not that of {syscall}(): a syscall's function is given one pointer, to the registers in which the arguments are",
    remedy:
      'Write SEC("ksyscall/{syscall}") with BPF_KSYSCALL(name, …), which gives the arguments; or SEC("tp/syscalls/sys_enter_{syscall}"), where they are ctx->args.',
  },
  'records-alike': {
    phase: 'compile',
    severity: 'warning',
    message:
      'records {first} and {second} of ring buffer {ring} have the same size ({size} bytes) and are both shown as {first}',
    remedy: 'Give each its own ring buffer, or make their sizes differ.',
  },
  'unknown-parameter': { phase: 'compile', message: 'there is no parameter {name}', remedy: '{remedy}' },
  'bad-parameter': { phase: 'compile', message: 'parameter {name} cannot be "{value}": {reason}' },
  'no-variable': { phase: 'stream', message: 'there is no variable {name}', remedy: '{remedy}' },
  'not-live': {
    phase: 'stream',
    message: '{name} cannot be set: the cell is not live',
    remedy: 'Run the cell first; variables of a program that has ended keep the values that they had.',
  },
  'bad-variable': { phase: 'stream', message: 'variable {name} cannot be "{value}": {reason}' },
  'constant-variable': {
    phase: 'stream',
    message: '{name} is const: it has its value before the program is loaded',
    remedy: 'Set it as a parameter ("//| params: {name}={value}") and run the cell again.',
  },
  'not-allowed': {
    phase: 'open',
    message: '{what} is not allowed: cells watch, and change nothing',
    remedy: '{remedy}',
  },
  'not-opened': {
    phase: 'open',
    message: 'libbpf does not understand the program: {reason}',
    remedy:
      'Maps and sections are written as libbpf defines them: __uint(type, …), __type(key, …), SEC("…").',
  },
  'not-an-object': {
    phase: 'open',
    message: 'this is not a BPF object file: {reason}',
    remedy: 'Give an ELF object made by clang with -target bpf.',
  },
  'no-such-field': {
    phase: 'load',
    message: '{type} of this Linux has no field {field}',
    remedy:
      'In another version it may have another name: see the type with "ebpfnb list -v \'{type}\'". Where it may be missing, ask bpf_core_field_exists() before it is read.',
  },
  'no-such-type': {
    phase: 'load',
    message: 'this Linux has no {type}',
    remedy: 'Where it may be missing, ask bpf_core_type_exists() before it is used.',
  },
  'verifier-refused': {
    phase: 'load',
    message: 'the verifier refused program {program}: {reason}',
    remedy: '{remedy}',
  },
  'map-gone': {
    phase: 'load',
    message: 'the cell that {name} belongs to was run again or removed meanwhile',
    remedy: 'Run this cell again.',
  },
  'map-differs': {
    phase: 'load',
    message: 'map {name} asks to be shared, and another cell has one that differs: {differences}',
    remedy: 'Declare it as it is there ({declaration}); or give it another name, or no pinning.',
  },
  'map-replaced': {
    phase: 'stream',
    severity: 'warning',
    message:
      'the cell that {name} belongs to was run again and has a new one; this cell still uses the old one',
    remedy: 'Restart this cell to use the new one.',
  },
  'load-failed': {
    phase: 'load',
    message: 'program {program} could not be loaded: {reason}',
    remedy: '{remedy}',
  },
  'unnamed-code': {
    phase: 'finish',
    severity: 'hint',
    message: '{places} in stacks without a name: {reason}',
    remedy: '{remedy}',
  },
  'probe-unattached': {
    phase: 'attach',
    message: 'Unable to attach probe: {target}: {reason}',
    remedy: '{remedy}',
  },
  'probe-skipped': {
    phase: 'attach',
    severity: 'warning',
    message: 'Unable to attach probe: {target}. Skipping.',
  },
  'none-attached': {
    phase: 'attach',
    message: 'Attachment failed for all probes.',
    remedy: 'Why each cannot be attached is told when missing_probes is error, as it is without the option.',
  },
  'attach-failed': {
    phase: 'attach',
    message: '{program} could not be attached to {target}: {reason}',
    remedy: '{remedy}',
  },
  'no-privilege': { phase: 'open', message: 'loading BPF programs needs root: {reason}', remedy: '{remedy}' },
  'workload-failed': {
    phase: 'open',
    message: 'the workload {program} could not be started: {reason}',
    remedy: 'Check the command and the folder that it starts in.',
  },
  'loader-died': {
    phase: 'stream',
    message: 'the loader ended unexpectedly ({reason}); its probes are detached',
    remedy: 'Run the cell again, or restart the kernel.',
  },
  'kernel-died': {
    phase: 'stream',
    message: 'the notebook kernel ended unexpectedly ({reason}); its probes are detached',
    remedy: 'Restart the kernel and run the cell again.',
  },
  internal: {
    phase: 'stream',
    message: 'internal error: {message}',
    remedy: 'Please report this with the notebook that caused it.',
  },
} as const satisfies Record<string, ErrorRow>;
