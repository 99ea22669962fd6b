/** Functions and USDT probes of programs and libraries, as far as the user may read them. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { Elf } from '../btf/index.ts';
import { goFunctions } from '../loader/symbols/goTable.ts';

/** `PATH:function` of each file that `target` means, or of all that process `pid` runs. */
export const userFunctions = (target: string, pid: number | undefined): string[] =>
  filesOf(target, pid).flatMap(path => ofFile(path, functionsOf));

/** Stripped programs of Go have theirs in Go's own table. */
function functionsOf(elf: Elf): string[] {
  const stripped = elf.section('.symtab') === undefined;
  const ofGo = stripped ? goFunctions({ section: name => elf.section(name)?.bytes }) : [];
  return [...elf.functions(), ...ofGo.map(({ name }) => name)];
}

/** `PATH:provider:probe`. */
export const userTracepoints = (target: string, pid: number | undefined): string[] =>
  filesOf(target, pid).flatMap(path => ofFile(path, tracepointsOf));

function ofFile(path: string, read: (elf: Elf) => string[]): string[] {
  try {
    return [...new Set(read(new Elf(readFileSync(path))))].map(name => `${path}:${name}`);
  } catch {
    // Not a program, or one that may not be read: it offers nothing.
    return [];
  }
}

function filesOf(target: string, pid: number | undefined): string[] {
  if (pid !== undefined && (target === '' || target === '*')) return mappedFiles(pid);
  const path = findBinary(target);
  return path === undefined ? [] : [path];
}

/** The program of a process and its libraries. */
function mappedFiles(pid: number): string[] {
  try {
    const lines = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n');
    const paths = lines
      .filter(line => line.split(/\s+/)[1]?.includes('x'))
      .map(line => line.replace(/^[^/]*/, ''));
    return [...new Set(paths)].filter(path => path.startsWith('/') && existsSync(path));
  } catch {
    return [];
  }
}

const LIBRARIES = [
  '/lib/x86_64-linux-gnu',
  '/lib/aarch64-linux-gnu',
  '/lib64',
  '/usr/lib64',
  '/lib',
  '/usr/lib',
];

/** A path, a program on PATH, or a library by its name: `libc` stands for libc.so.6. */
function findBinary(name: string): string | undefined {
  if (name === '') return undefined;
  if (name.includes('/')) return existsSync(name) ? resolve(name) : undefined;
  const program = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(existsSync);
  return (
    program ??
    LIBRARIES.filter(existsSync)
      .map(folder => library(folder, name))
      .find(Boolean)
  );
}

function library(folder: string, name: string): string | undefined {
  const versions = readdirSync(folder).filter(file => file === name || file.startsWith(`${name}.so.`));
  const shortest = versions.sort((a, b) => a.length - b.length)[0];
  return shortest && realpathSync(join(folder, shortest));
}

const NOTE_HEADER = 12;
const USDT_NOTE = 3;
const ADDRESSES = 24;
const aligned = (size: number) => (size + 3) & ~3;

/** Notes of owner "stapsdt" hold three addresses, then provider, name and arguments, each ended by a zero. */
function tracepointsOf(elf: Elf): string[] {
  const notes = elf.section('.note.stapsdt')?.bytes ?? Buffer.alloc(0);
  const found: string[] = [];
  for (let at = 0; at + NOTE_HEADER <= notes.length; ) {
    const [owner, size, type] = [0, 4, 8].map(offset => notes.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const start = at + NOTE_HEADER + aligned(owner);
    if (type === USDT_NOTE) {
      const [provider, name] = notes.toString('latin1', start + ADDRESSES, start + size).split('\0');
      found.push(`${provider}:${name}`);
    }
    at = start + aligned(size);
  }
  return found;
}
