/** Why a function of Linux's own cannot be probed, and what can be instead. */
import { related } from './related.ts';
import { didYouMean } from './suggest.ts';
import type { ProbeName } from './tables/rows.ts';
import { reasonToLeaveAlone } from './tables/untraceable.ts';
import type { LanguageTarget } from './target.ts';

const MOST_OFFERED = 3;

/** One or two sentences about a function that such a probe cannot be put at. */
export function adviceOn(name: string, probe: ProbeName, target: LanguageTarget): string {
  return reasonToLeaveAlone(name, probe) ?? (wrongName(name, target) || reasonOf(name, target));
}

/** Tracepoints that are about the same, as a sentence; '' where there are none. */
export function tracepointsInstead(name: string, target: Pick<LanguageTarget, 'tracepoints'>): string {
  const found = related(name, target.tracepoints(), MOST_OFFERED);
  return found.length > 0 ? `Tracepoints about the same: ${found.join(', ')}.` : '';
}

/** What a name may have been meant to be that Linux does not know at all. */
function wrongName(name: string, target: LanguageTarget): string {
  const facts = target.functionFacts?.(name);
  if ((facts && facts.symbols.length > 0) || target.functionType?.(name)) return '';
  const [module] = facts?.modules ?? [];
  if (module) return `It may belong to the module ${module}, which is not loaded: modprobe ${module}.`;
  return didYouMean(name, target.functions?.()?.keys() ?? []);
}

function reasonOf(name: string, target: LanguageTarget): string {
  const facts = target.functionFacts?.(name);
  const others = () => tracepointsInstead(name, target);
  const told = (...sentences: string[]) => sentences.filter(Boolean).join(' ');
  if (facts?.blacklisted)
    return told(
      `Linux forbids probes in ${name} (its kprobe blacklist): they could call themselves there, or crash it.`,
      others(),
    );
  if (facts?.symbols.includes(name))
    return told(
      `${name} is there, but marked notrace, or built without what probes need: none can be put there.`,
      others(),
    );
  const copies = facts?.symbols.filter(symbol => target.functions?.()?.has(symbol)) ?? [];
  if (copies.length > 0)
    return `The compiler changed it and named it anew: probe ${copies.join(' or ')}, whose arguments may differ.`;
  if (facts && facts.symbols.length > 0)
    return told(`Only parts of it are left (${facts.symbols.join(', ')}), which cannot be probed.`, others());
  if (target.functionType?.(name))
    return told(
      `${name} has a type, but no code of its own: it was inlined into its callers, or is gone since boot.`,
      others(),
    );
  return told(`List functions with: ebpfnb list 'kprobe:*${name}*'.`, others());
}
