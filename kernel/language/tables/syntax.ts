/** What a program is made of besides what has a name in another table: declarations, statements, expressions, types. */
import type { Documented } from './rows.ts';

export const SYNTAX: readonly Documented[] = [
  // declarations
  {
    name: '#include',
    signature: '#include <file.h>, #define NAME value, struct name { … }',
    docs: 'C definitions stand at the top. A defined name is what it stands for; enumerators are shown by name.',
    since: '17',
    example:
      '#define LIMIT 5\nenum color { RED, GREEN };\nstruct pair { int a; char name[4]; };\nbegin { print((LIMIT, GREEN, sizeof(struct pair))); exit(); }',
  },
  {
    name: 'config',
    signature: 'config = { option = value; … }',
    docs: 'Sets options, once, in front of all probes. Options in the environment win.',
    since: '20',
    example: 'config = { max_strlen = 64; print_maps_on_exit = false } begin { @ = 1; exit(); }',
  },
  {
    name: 'import',
    signature: 'import "path"',
    docs: 'Brings the probes, macros, functions and maps of a script (.bt), the types of a header (.h), or the functions of a C source (.bpf.c, compiled with the program), or all of these of a directory. Paths start at the folder of the script or notebook; what anyone may write is refused.',
    since: '24',
    example: 'import "stdlib/strings"; begin { exit(); }',
  },
  {
    name: 'let',
    signature: 'let $name[: type] [= value], let @map = hash(entries)',
    docs: 'In a block, declares a variable, of a type that stays if one is given. Outside of probes, says of which kind a map is and how many entries it has: hash, lruhash, percpuhash, percpulruhash.',
    since: '22',
    example: 'let @recent = lruhash(100); begin { let $n: uint8 = 255; $n++; @recent[$n] = 1; exit(); }',
  },
  {
    name: 'macro',
    signature: 'macro name(expression, $variable, @map) { … }',
    docs: 'Is expanded where it is called, and gives its last expression. It sees nothing but its arguments and its own variables. Macros of one name may take different arguments; a type is passed as typeof(type).',
    since: '24',
    example:
      'macro twice(x) { x + x } macro twice($v) { $v *= 2; } begin { $n = 3; twice($n); print(twice(5) + $n); exit(); }',
  },
  {
    name: 'fn',
    signature: 'fn name($parameter: type, …)[: type] { … }',
    docs: 'A function that all probes share, with at most five parameters. It gives back an integer, a boolean, a pointer, or nothing.',
    since: '21',
    example: 'fn area($w: int64, $h: int64): int64 { return $w * $h; } begin { print(area(6, 7)); exit(); }',
  },
  // statements
  {
    name: 'if',
    signature: 'if (condition) { … } [else if …] [else { … }]',
    docs: 'A condition is an integer, a boolean or a pointer. With else it may be used as a value. A condition on types, or one with comptime, leaves the other arm out while compiling.',
    since: '17',
    example: 'begin { $size = if (pid > 9) { "large" } else { "small" }; print($size); exit(); }',
  },
  {
    name: 'for',
    signature: 'for ($i : from..to) { … }, for ($kv : @map) { … }',
    docs: 'Over the numbers from the first to the one before the last, or over the entries of a map as (key, value). break, continue and return work as in C.',
    since: '21',
    example:
      'begin { for ($i : 0..3) { @m[$i] = $i * 2; } for ($kv : @m) { print(($kv.0, $kv.1)); } exit(); }',
  },
  {
    name: 'unroll',
    signature: 'unroll (count) { … }',
    docs: 'Repeats a block a constant number of times, at most 100, without a loop.',
    since: '17',
    example: 'begin { $n = 1; unroll (5) { $n *= 2; } print($n); exit(); }',
  },
  {
    name: 'while',
    signature: 'while (condition) { … }',
    docs: 'Repeats a block. Deprecated: the verifier must see that it ends, which it does more easily for ranges.',
    since: '17',
    example: 'begin { $n = 0; while ($n < 10) { $n++; } print($n); exit(); }',
  },
  {
    name: 'return',
    signature: 'return [value]',
    docs: 'Leaves the probe or the function.',
    since: '17',
    example: 'begin { if (pid == 0) { return; } exit(); }',
  },
  // expressions
  {
    name: '?:',
    signature: 'condition ? value : value, value ?: value',
    docs: 'One of two values of the same type. The short form gives the first one unless that is 0.',
    since: '17',
    example: 'begin { print(pid > 1 ? "user" : "init"); print(0 ?: 5); exit(); }',
  },
  {
    name: '{ }',
    signature: '{ statement; …; value }',
    docs: 'A block is a value when its last expression has no semicolon behind it.',
    since: '24',
    example: 'begin { let $area = { let $w = 6; $w * 7 }; print($area); exit(); }',
  },
  {
    name: '( , )',
    signature: '(value, value), (name=value, name=value)',
    docs: 'A tuple, or with names a record. Their parts are .0, .1 and [0], or .name; they are compared part by part and may be map keys and values.',
    since: '17',
    example:
      'begin { $t = (1, "a"); $r = (x=1, y="b"); @[$t] = $r; print(($t.1, $r.y, $t == (1, "a"))); exit(); }',
  },
  {
    name: '(type)',
    signature: '(type)value',
    docs: 'A cast: between integers, to and from pointers, between integers or strings and arrays of the same size. Array types without a length take that of the value.',
    since: '17',
    example:
      'begin { print((uint8)-1); $a = (int8[])"abc"; print($a[1]); print((uint16)(int8[2])258); exit(); }',
  },
  {
    name: '.',
    signature: 'value.field, pointer.field, pointer->field',
    docs: 'A field of a struct, a record, or of what a pointer points at. Memory of Linux and of programs is read as the pointer says.',
    since: '17',
    example: 'begin { print(curtask.real_parent.comm); exit(); }',
  },
  {
    name: '[ ]',
    signature: 'array[index], string[index], pointer[index]',
    docs: 'An element. Behind the end of an array it reads as 0, with a warning; a constant index is checked while compiling.',
    since: '17',
    example:
      'begin { $a = (uint16[4])0x0004000300020001; for ($i : 0..4) { print($a[$i]); } print("abc"[1]); exit(); }',
  },
  {
    name: '&',
    signature: '&$variable, &@map, a & b',
    docs: 'The address of a variable or a map; between numbers, the bits that both have.',
    since: '24',
    example: 'begin { $n = 5; $p = &$n; print(*$p); print(6 & 3); exit(); }',
  },
  {
    name: 'sizeof',
    signature: 'sizeof(type or expression)',
    docs: 'Bytes of a value. The expression is not run.',
    since: '17',
    example: 'begin { print(sizeof(struct task_struct)); print(sizeof(uint32*[10])); exit(); }',
  },
  {
    name: 'offsetof',
    signature: 'offsetof(type or expression, field.field[index])',
    docs: 'Where a field stands in a struct, in bytes.',
    since: '21',
    example:
      'struct in { int x; int y[2]; } struct out { struct in in[2]; } begin { print(offsetof(struct out, in[1].y[1])); exit(); }',
  },
  {
    name: 'typeof',
    signature: 'typeof(type or expression)',
    docs: 'A type, wherever one stands, and as an argument of a macro.',
    since: '25',
    example: 'begin { $a = (uint16)5; let $b: typeof($a) = 6; print(sizeof($b)); exit(); }',
  },
  {
    name: 'typeinfo',
    signature: 'typeinfo(type or expression)',
    docs: 'What a type is, as text: .base_type is its kind, .full_type its whole name. The option unstable_typeinfo allows it.',
    since: '25',
    example: 'config = { unstable_typeinfo = enable } begin { print(typeinfo(pid).full_type); exit(); }',
  },
  {
    name: 'comptime',
    signature: 'comptime expression',
    docs: 'Is worked out while compiling, or is an error. As a condition it leaves the other arm out.',
    since: '25',
    example:
      'macro show(x) { if comptime is_str(x) { print(strlen(x)) } else { print(x) } } begin { show("abc"); show(5); exit(); }',
  },
  {
    name: '_ =',
    signature: '_ = expression',
    docs: 'Drops a value on purpose, without a warning.',
    since: '25',
    example: 'begin { @m[1] = 1; _ = has_key(@m, 1); exit(); }',
  },
  // literals
  {
    name: '10ms',
    signature: '42, 0x2a, 052, 4e3, 1_000, 10ms',
    docs: 'Numbers are decimal, hexadecimal, octal or with an exponent; underscores may part digits. The units ns, us, ms, s, m, h and d make nanoseconds. A number has the smallest signed type that holds it, and takes on the sign of what it meets.',
    since: '17',
    example: 'begin { print(0x2a + 052 + 4e3 + 1_000); print(10ms); print(sizeof(300)); exit(); }',
  },
  {
    name: '"text"',
    signature: '"text"',
    docs: 'Text, with \\n, \\t, \\r, \\", \\\\, \\xNN and octal \\NNN. Neighbours are one text; constant texts are joined with + and cut with + number.',
    since: '17',
    example: 'begin { print("a\\tb" "c"); print("he" + "llo"); print("hello" + 2); exit(); }',
  },
  {
    name: '$1',
    signature: '$1, $2, … and $#',
    docs: 'The parameters of the command line, numbers where they read as such; $# says how many there are. They may stand in the names of probes, too.',
    since: '17',
    example: 'begin { print($#); exit(); }',
  },
];
