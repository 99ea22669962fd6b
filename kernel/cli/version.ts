import { version } from '../../package.json';

export { version };

/** The bpftrace release whose language, flags and output `trace` follows. */
const BPFTRACE = '0.26.1';

/** First the line that scripts written for bpftrace look at, then ours. */
export const versionText = (): string => `bpftrace v${BPFTRACE} compatible\nebpfnb v${version}\n`;
