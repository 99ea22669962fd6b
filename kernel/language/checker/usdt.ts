/** USDT probes: from `usdt:binary:provider:name` to the places in the binary. */
import { globPattern } from '../../glob.ts';
import type { AttachSpec, UsdtSite } from '../../layout.ts';
import { didYouMean } from '../suggest.ts';
import type { ProbePoint } from '../symbols.ts';
import { type AttachContext, noMatches, point } from './attachPoint.ts';
import { binariesOf, isPattern } from './binaries.ts';

/** The provider may be left out, and where a process is named, the binary too. */
export function usdt(context: AttachContext): ProbePoint[] {
  const { parts, row, options, node, reporter } = context;
  if (parts.length === 1 && options.pid === undefined) {
    const { name, signature } = row;
    reporter.report('probe-parts', { name, expected: '2 or 3', found: 1, signature }, node);
    return [];
  }
  const [binary, ...rest] = parts.length === 1 ? ['*', ...parts] : (parts as [string, ...string[]]);
  const [name, provider = '*'] = rest.reverse() as [string, string?];
  const wanted = binariesOf(context, binary).map(path => ({ context, binary: path, provider, name }));
  if (!isPattern(binary)) return wanted.flatMap(named);
  const holding = wanted.filter(one => matching(one).size > 0);
  if (holding.length === 0 && wanted.length > 0) noMatches(context, 'usdt', parts.join(':'), '');
  return holding.flatMap(named);
}

interface Wanted {
  context: AttachContext;
  binary: string;
  provider: string;
  name: string;
}

/** The places of each probe that is meant, by `provider:name`. */
function matching({ context, binary, provider, name }: Wanted): Map<string, UsdtSite[]> {
  const [providers, names] = [globPattern(provider), globPattern(name)];
  const groups = new Map<string, UsdtSite[]>();
  for (const site of context.options.target.usdt?.(binary)?.sites ?? []) {
    if (!providers.test(site.provider) || !names.test(site.name)) continue;
    const whole = `${site.provider}:${site.name}`;
    groups.set(whole, [...(groups.get(whole) ?? []), site]);
  }
  return groups;
}

/** Every probe that matches is one of its own, at all of its places. */
function named(wanted: Wanted): ProbePoint[] {
  const { context, binary } = wanted;
  const { parts, options, node, reporter } = context;
  const found = options.target.usdt?.(binary);
  const path = found?.path ?? binary;
  const groups = matching(wanted);
  if (groups.size === 0 && options.target.partial)
    return [point(context, `usdt:${parts.join(':')}`, { kind: 'uprobe', binary, sites: [], ret: false })];
  if (!found) {
    reporter.report('no-binary', { provider: 'usdt', path }, node);
    return [];
  }
  if (groups.size === 0) {
    const known = found.sites.map(site => `${site.provider}:${site.name}`);
    const near = didYouMean(parts.slice(1).join(':'), known);
    noMatches(context, 'usdt', parts.join(':'), near || remedyFor(path, found));
  }
  return [...groups].map(([whole, sites]) => placed(context, `usdt:${path}:${whole}`, path, sites));
}

function remedyFor(path: string, found: { sites: UsdtSite[] }): string {
  if (found.sites.length === 0) return `${path} was built without USDT probes.`;
  return `List them with: ebpfnb list 'usdt:${path}:*'.`;
}

/** Places that keep their arguments alike share a cookie, which says in the program where they are. */
function placed(context: AttachContext, name: string, binary: string, sites: UsdtSite[]): ProbePoint {
  const variants = [...new Set(sites.map(site => site.arguments))];
  const { pid } = context.options;
  const attach: AttachSpec = {
    kind: 'uprobe',
    binary,
    ret: false,
    sites: sites.map(({ offset, semaphore, arguments: text }) => ({
      offset,
      semaphore,
      cookie: variants.indexOf(text),
    })),
    ...(pid === undefined ? {} : { pid }),
  };
  const place = sites.length === 1 ? { place: sites[0]!.address } : {};
  return { ...point(context, name, attach), usdt: variants, ...place };
}
