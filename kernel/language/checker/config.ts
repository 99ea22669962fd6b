/** The program's options, and those from outside, which win. */
import type { Reporter } from '../diagnostics.ts';
import type { ConfigEntry, Range } from '../nodes.ts';
import { didYouMean } from '../suggest.ts';
import type { Config } from '../symbols.ts';
import { CONFIG, defaultConfig, ENVIRONMENT_ONLY, IGNORED_CONFIG, RENAMED_CONFIG } from '../tables/config.ts';
import type { CompileOptions } from '../target.ts';

type Entry = Pick<ConfigEntry, 'name' | 'value'> & Range;

export function readConfig(
  own: ConfigEntry[],
  outside: CompileOptions['config'] = {},
  reporter: Reporter,
): Config {
  const config = defaultConfig();
  for (const entry of own) setOption(config, entry, reporter);
  for (const [name, value] of Object.entries(outside)) {
    // An environment holds names that mean something to others; mistakes in ours are told at the top.
    if (CONFIG.some(row => row.name === name)) setOption(config, { name, value, start: 0, end: 0 }, reporter);
  }
  return config;
}

function setOption(config: Config, entry: Entry, reporter: Reporter): void {
  const written = entry.name.toLowerCase().replace(/^bpftrace_/, '');
  if (IGNORED_CONFIG.has(written)) {
    reporter.report('config-ignored', { name: entry.name }, entry);
    return;
  }
  const name = RENAMED_CONFIG[written] ?? written;
  if (name !== written) reporter.report('config-renamed', { name: entry.name, now: name }, entry);
  const row = CONFIG.find(one => one.name === name);
  if (!row) {
    const names = CONFIG.map(one => one.name);
    if (ENVIRONMENT_ONLY.has(name)) reporter.report('config-environment', { name: entry.name }, entry);
    else reporter.report('unknown-config', { name: entry.name, remedy: didYouMean(name, names) }, entry);
    return;
  }
  const reason = row.set(config, entry.value);
  if (reason) reporter.report('config-value', { name: entry.name, reason, signature: row.signature }, entry);
}
