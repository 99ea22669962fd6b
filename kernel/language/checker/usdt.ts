/** USDT probes: from `usdt:binary:provider:name` to the places in the binary. */
import { globPattern } from '../../glob.ts';
import type { AttachSpec, UsdtSite } from '../../layout.ts';
import { didYouMean } from '../suggest.ts';
import type { ProbePoint } from '../symbols.ts';
import { type AttachContext, noMatches, point } from './attachPoint.ts';

/** The provider may be left out. Every probe that matches is one of its own, at all of its places. */
export function usdt(context: AttachContext): ProbePoint[] {
  const { parts, options, node, reporter } = context;
  const [binary, ...rest] = parts as [string, ...string[]];
  const [name, provider = '*'] = rest.reverse() as [string, string?];
  const found = options.target.usdt?.(binary);
  const path = found?.path ?? binary;
  const [providers, names] = [globPattern(provider), globPattern(name)];
  const groups = new Map<string, UsdtSite[]>();
  for (const site of found?.sites ?? []) {
    if (!providers.test(site.provider) || !names.test(site.name)) continue;
    const whole = `${site.provider}:${site.name}`;
    groups.set(whole, [...(groups.get(whole) ?? []), site]);
  }
  if (groups.size === 0 && options.target.partial)
    return [point(context, `usdt:${parts.join(':')}`, { kind: 'uprobe', binary, sites: [], ret: false })];
  if (!found) {
    reporter.report('no-binary', { provider: 'usdt', path }, node);
    return [];
  }
  if (groups.size === 0) {
    const known = found.sites.map(site => `${site.provider}:${site.name}`);
    const near = didYouMean([...rest].reverse().join(':'), known);
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
