import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { TypeSource } from '../../kernel/btf/index.ts';
import { cutTypes, usedNames } from '../../kernel/compile/cut.ts';
import { findClang } from '../../kernel/compile/index.ts';

/** Stands for a Linux: what its BTF would hold. */
const LINUX = `
typedef unsigned int u32;
typedef u32 handle_t;
enum { FALSE, TRUE };
enum state { IDLE, BUSY };
struct key { u32 id; };
struct inode { u32 number; };
struct file { struct inode *inode; struct key *key; };
struct mm { struct file *exe; };
struct task { u32 pid; struct mm *mm; struct file *files[4]; struct key held; enum state state; };
struct event { u32 of_linux; };
struct task task; struct mm mm; struct file file; struct inode inode; struct key key; handle_t handle; enum state state; struct event event; int truth = TRUE;
`;

function linux(): TypeSource {
  const { stdout } = spawnSync(
    findClang(),
    ['-target', 'bpf', '-O2', '-g', '-c', '-x', 'c', '-', '-o', '-'],
    { input: LINUX },
  );
  return TypeSource.fromElf(stdout);
}

const btf = linux();

const cut = (text: string) =>
  cutTypes(btf.file, usedNames(text))
    .map(id => btf.file.name(id))
    .filter(Boolean)
    .sort();

const CASES: [why: string, text: string, expected: string[]][] = [
  ['nothing of Linux', 'int f(void) { return 0; }', []],
  ['a type by its tag', 'struct key k;', ['key']],
  ['a member of that name is not the type', 'int f(struct other *o) { return o->key; }', []],
  ['a typedef', 'handle_t h;', ['handle_t']],
  ['an enum by its enumerator', 'int f(void) { return BUSY; }', ['state']],
  [
    'what used members point to',
    'int f(struct task *t) { return t->mm->exe->inode->number; }',
    ['file', 'inode', 'mm', 'task'],
  ],
  ['but not what unused ones do', 'int f(struct task *t) { return t->mm->x; }', ['mm', 'task']],
  [
    'through arrays of pointers',
    'int f(struct task *t) { return t->files[0]->key->id; }',
    ['file', 'key', 'task'],
  ],
  ["the program's own type wins", 'struct event { int mine; }; struct event e;', []],
  ["the program's own enumerator wins", 'enum mine { BUSY = 3 }; int f(void) { return BUSY; }', []],
];

for (const [why, text, expected] of CASES) test(`cut: ${why}`, () => assert.deepEqual(cut(text), expected));

test('of the table of helpers only used ones count', () => {
  const table = `# 1 "<cell>"
int f(void) { return bpf_used(); }
# 1 "/usr/include/bpf/bpf_helper_defs.h" 1
struct task;
static struct mm *(* const bpf_used)(void) = (void *) 1;
static struct file *(* const bpf_unused)(void) = (void *) 2;
# 3 "<cell>" 2
handle_t h;
`;
  assert.deepEqual(cut(table), ['handle_t', 'mm']);
});
