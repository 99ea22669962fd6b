/** Numbers and times as they are shown around a run. Pure. */
import type { ProbeCost } from '../../kernel/protocol.ts';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 12345 → `12,345`. */
export const count = (value: number): string => grouped.format(value);

/** 1 → `1 event`, 12345 → `12,345 events`. */
export const events = (value: number): string => `${count(value)} ${value === 1 ? 'event' : 'events'}`;

/** Events per second: exact up to 10,000, then `12.3k/s`, `1.2M/s`. */
export function rate(perSecond: number): string {
  if (perSecond < 10_000) return `${count(perSecond)}/s`;
  const [scaled, unit] = perSecond < 1e6 ? [perSecond / 1e3, 'k'] : [perSecond / 1e6, 'M'];
  return `${scaled < 100 ? scaled.toFixed(1) : count(scaled)}${unit}/s`;
}

/** Of one CPU: 0.0213 → `2.1% CPU`. */
export function share(cpu: number): string {
  const percent = cpu * 100;
  if (percent < 0.01) return '< 0.01% CPU';
  return `${percent < 10 ? Number(percent.toPrecision(2)) : count(percent)}% CPU`;
}

/** `kprobe:vfs_read: about 12,000 hits, 120 ns each, 3,000/s, 0.036% CPU` */
export function probeCost({ probe, ns, hits, total, cpu }: ProbeCost): string {
  if (total === 0) return `${probe}: not hit`;
  const now = hits > 0 ? `, ${count(ns)} ns each, ${rate(hits)}, ${share(cpu)}` : ', none now';
  return `${probe}: about ${count(total)} ${total === 1 ? 'hit' : 'hits'}${now}`;
}

/** Milliseconds since a run began: `0.4 s`, `12.3 s`, `2:05`, `1:02:05`. */
export function elapsed(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
