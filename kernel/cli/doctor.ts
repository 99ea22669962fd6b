/** `ebpfnb doctor`: whether this host has what the program needs, and what to do where it has not. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { findClang } from '../compile/index.ts';
import { CellError } from '../errors.ts';
import type { Connection } from '../session/loader.ts';
import { LoaderHolder } from '../session/loader.ts';
import type { Command } from './command.ts';
import { Output, terminalElevation } from './terminal.ts';

const LOCKDOWN = '/sys/kernel/security/lockdown';

interface Finding {
  ok: boolean;
  text: string;
  remedy?: string;
}

/** One row a thing to look at; `connection` is undefined when the loader could not start. */
const CHECKS: { name: string; look(connection: Connection | undefined): Finding }[] = [
  {
    name: 'Linux',
    look: () => {
      const [major = 0, minor = 0] = release().split('.').map(Number);
      const ok = major > 5 || (major === 5 && minor >= 8);
      return {
        ok,
        text: release(),
        remedy: 'Linux 5.8 or newer has the ring buffer that programs write to.',
      };
    },
  },
  {
    name: 'BTF',
    look: () => {
      const path = '/sys/kernel/btf/vmlinux';
      if (!existsSync(path))
        return {
          ok: false,
          text: `${path} is missing`,
          remedy: 'Use a kernel built with CONFIG_DEBUG_INFO_BTF=y.',
        };
      return { ok: true, text: `${path}, ${Math.round(statSync(path).size / 1024)} KiB` };
    },
  },
  {
    name: 'clang',
    look: () => {
      const clang = findClang();
      return { ok: true, text: execFileSync(clang, ['--version'], { encoding: 'utf8' }).split('\n')[0]! };
    },
  },
  {
    name: 'tracefs',
    look: connection => {
      const path = connection?.loader.host.tracefs;
      const remedy = 'Mount it: mount -t tracefs tracefs /sys/kernel/tracing';
      if (!connection)
        return { ok: false, text: 'not known without the loader', remedy: 'See privilege below.' };
      return path
        ? { ok: true, text: `${path}, ${connection.target.tracepoints.length} events` }
        : { ok: false, text: 'not mounted', remedy };
    },
  },
  {
    name: 'lockdown',
    look: () => {
      const text = existsSync(LOCKDOWN) ? readFileSync(LOCKDOWN, 'utf8').trim() : 'this Linux has none';
      const remedy =
        'Linux lets nobody trace it like this: boot without secure boot, or with lockdown=integrity at most.';
      return { ok: !text.includes('[confidentiality]'), text, remedy };
    },
  },
  {
    name: 'libbpf',
    look: connection => ({
      ok: connection !== undefined,
      text: connection?.loader.host.libbpf ?? 'not known without the loader',
      remedy: 'See privilege below.',
    }),
  },
];

export const doctor: Command = {
  name: 'doctor',
  usage: '',
  summary: 'check what this host has and lacks',
  help: 'Exit status 1 when something is missing.',
  async run() {
    const output = new Output();
    const show = (name: string, { ok, text, remedy }: Finding) => {
      output.write(`${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(10)} ${text}\n`);
      if (!ok && remedy) output.write(`      ${' '.repeat(10)} ${remedy}\n`);
      return ok;
    };
    const holder = new LoaderHolder(terminalElevation);
    const connection = await holder.connect().catch((error: Error) => error);
    const connected = connection instanceof Error ? undefined : connection;
    const results = CHECKS.map(({ name, look }) =>
      show(
        name,
        caught(() => look(connected)),
      ),
    );
    results.push(
      show(
        'privilege',
        connection instanceof Error ? findingOf(connection) : { ok: true, text: 'the loader runs as root' },
      ),
    );
    holder.close();
    output.close();
    return results.every(Boolean) ? 0 : 1;
  },
};

function caught(look: () => Finding): Finding {
  try {
    return look();
  } catch (error) {
    return findingOf(error as Error);
  }
}

function findingOf(error: Error): Finding {
  const remedy = error instanceof CellError ? error.diagnostics[0]?.remedy : undefined;
  return { ok: false, text: error.message, ...(remedy ? { remedy } : {}) };
}
