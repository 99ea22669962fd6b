/** docs/formats.md: how fields of BPF C programs are shown, written out from the table of formats. */
import { FORMATS, type Format } from './formats.ts';

const code = (text: string) => `\`${text}\``;
const cell = (text: string) => text.replaceAll('|', '\\|');

/** What is shown so without being asked for. */
function customs({ types = [], names = '', except }: Format): string {
  const list = (words: readonly string[]) => words.filter(Boolean).map(code).join(' ');
  return [
    ...(types.length > 0 ? [`type ${list(types)}`] : []),
    ...(names ? [list(names.split(' '))] : []),
    ...(except ? [`not ${list(except.split(' '))}`] : []),
  ].join('; ');
}

const row = (format: Format) =>
  `| ${code(format.name)} | ${cell(format.about)} | ${code(format.example.c)} → ${code(cell(format.example.shown))} | ${customs(format)} |\n`;

/** The page, as it is in the file. */
export const formatReference = (): string => `# How fields of BPF C programs are shown

*Made by \`npm run docs\` from \`kernel/compile/formats.ts\`; a test keeps it true.*

Records, keys and values of maps, and global variables are shown by their types, which the object's BTF tells. Integers that mean something else are shown as what they mean: as their author asks for, else as their C type says, else as their name says. The same cells stand in a notebook's table, in a terminal, and in saved outputs; \`-f json\` has the names, too, but numbers where a duration, a size or a time is meant (of a time, the nanoseconds since 1970).

## Asking for a format

A comment behind the declaration, in the cell, in a header cell, or in a header beside the notebook:

\`\`\`c
struct event {
	__u64 at;	// format: time
	__u64 took;	// unit: us
	__u32 state;	// format: enum tcp_ca_state
	__u32 rights;	/* format: flags my_rights */
};
const volatile __u64 min_took = 0;	// unit: us
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);	// format: syscall
	__type(value, __u64);	// unit: ns
} took SEC(".maps");
\`\`\`

or a tag, which the object carries along: \`__u32 peer __attribute__((btf_decl_tag("format: ipv4")));\`. Of an array each element is meant, unless the array as a whole is one. \`enum NAME\` and \`flags NAME\` take an enumeration of the program or of Linux. What cannot be shown as it is asked for is a warning.

## Formats

| format | shows | example | without being asked |
|---|---|---|---|
| \`enum NAME\` | the name of the value | \`__u32 state; // format: enum tcp_ca_state\` | enumerations |
| \`flags NAME\` | the names of the bits | \`__u32 rights; // format: flags my_rights\` | enumerations whose values are single bits |
${FORMATS.map(row).join('')}
Parameters and variables are set in the same words: \`min_took=1.5ms\`, \`targ_bytes=4K\`, \`targ_daddr=10.0.0.1\`, \`targ_dev=8:1\`, \`targ_signal=SIGTERM\`.

\`unit\` and \`format\` mean the same. \`__be32\` is an \`ipv4\`, \`__be16\` a \`port\`.

## What else is seen

- Nested structs and unions are columns of their own, \`from.addr\`; arrays are lists; bitfields are numbers; \`char\` arrays are text.
- **Stacks.** A field called \`stack_id\`, \`kern_stack_id\`, \`user_stack\` or the like, in a program that has a map of stacks, is shown as the stack. Whose it is says a field \`tgid\` or \`pid\` beside it. An array of 64-bit addresses called \`stack\`, \`kern_stack\` or \`callers\` is a stack, too.
- **Moments.** A 64-bit field that the program sets to nothing but \`bpf_ktime_get_ns()\` or \`bpf_ktime_get_boot_ns()\`, directly or by way of a variable, is shown as the time of day, whatever it is called. One that is set to anything else as well may be a duration, and stays a number.
- **Addresses of two kinds.** Where an IPv4 and an IPv6 address lie in one place (a union), and a field \`af\`, \`family\` or \`version\` stands beside them, the one that counts is shown.
- **Records of any length.** A record whose size is computed may end within its last array.
- **Histograms.** A map whose value has an array \`slots\`, or whose key has a \`bucket\`, \`slot\` or \`index\`; a global array called \`hist\`, \`hists\`, \`slots\` or \`…_hist\`, or one of structs with \`slots\`. Texts beside the slots stand with the key.

## Words of other tools

| written | means here |
|---|---|
| \`/// @description TEXT\` or \`/// TEXT\` in front of a parameter | what it is for |
| \`/// @cmdarg {"default": 5, "long": "min-us", "short": "m", "help": "…"}\` | other names of a parameter, and its value where it is not given |
| \`/// @sample {"type": "log2_hist", "unit": "usecs"}\` in front of a map | drawn as a histogram: slots in the value, or a bucket in the key; \`linear_hist\` too; \`default_kv_map\`: a table |
| \`GADGET_TRACER(name, map, type)\` | the records of \`map\` are \`struct type\`, shown as \`name\` |
| \`GADGET_PARAM(name)\` | the variable must be a parameter: \`const volatile\` |
| \`GADGET_MAPITER(name, map)\` | the map is shown as \`name\` |

The gadgets' macros, types and buffers are in \`gadget/macros.h\`, \`gadget/types.h\`, \`gadget/buffer.h\`, \`gadget/common.h\`, \`gadget/filter.h\` and \`gadget/mntns_filter.h\`, which come with the notebook. A cell sees all containers, unless its parameter \`targ_mntns_id\` says which.
`;
