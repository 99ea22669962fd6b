/**
 * bpftrace 0.23 out of Debian 13, in a folder of the project's own. Its own system stands around it, since Debian
 * 12's C++ library is too old for it; Linux is the same.
 */
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { run } from '../setup/command.mjs';
import { inBuild } from '../setup/folders.mjs';
import { debianMirror } from '../setup/mirror.mjs';
import { ensurePackages, NotReady } from '../setup/packages.mjs';
import { step } from '../setup/progress.mjs';
import { unlessStamped } from '../setup/stamp.mjs';

/** The release of the language that this bpftrace speaks: 0.23. */
export const RELEASE = 23;
const SUITE = 'trixie';
/** Where that Debian is. */
export const SYSTEM = inBuild(SUITE);

/** The mounts belong to a namespace of this one process: none is left when it ends. */
const PROGRAM = `#!/bin/sh
exec unshare --mount --propagation private sh -c '
  for folder in proc sys dev tmp; do mount --rbind "/$folder" "$0/$folder" || exit 125; done
  [ -e "$0/sys/kernel/tracing/events" ] || mount -t tracefs tracefs "$0/sys/kernel/tracing" || exit 125
  exec chroot "$0" /usr/bin/bpftrace "$@"' '${SYSTEM}' "$@"
`;

/**
 * Installs it when it is missing (about half a minute, 550 MB).
 * @param {{yes: boolean}} options install Debian packages without asking
 * @returns {Promise<string>} the path of a program that takes bpftrace's arguments; it needs root
 * @throws {NotReady}
 */
export async function ensureBpftrace({ yes }) {
  if (process.getuid() !== 0) throw new NotReady('bpftrace needs root: start this as root.');
  await ensurePackages(['differential'], { yes });
  await unlessStamped(inBuild(`${SUITE}.installed`), SUITE, async () => {
    rmSync(SYSTEM, { recursive: true, force: true });
    await step('Installing Debian 13 with bpftrace into .build/trixie', log =>
      run(['debootstrap', '--variant=minbase', '--include=bpftrace', SUITE, SYSTEM, debianMirror()], {
        onLine: log,
      }),
    );
  });
  const program = inBuild('bpftrace-0.23');
  writeFileSync(program, PROGRAM);
  chmodSync(program, 0o755);
  return program;
}
