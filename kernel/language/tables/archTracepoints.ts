/** Tracepoints that only some architectures have, and what all have instead. */

interface Row {
  /** `category:event` */
  events: RegExp;
  instead: (found: RegExpExecArray) => string;
}

/** The first row that fits counts. */
const ROWS: readonly Row[] = [
  {
    events: /^exceptions:page_fault_(?:user|kernel)$/,
    instead: () => 'x86 alone has it. software:page-faults is counted everywhere.',
  },
  {
    events: /^irq_vectors:/,
    instead: () => 'x86 alone has it. irq:irq_handler_entry and irq:softirq_entry are everywhere.',
  },
  {
    // Architectures since 2012 have only the calls that take a folder's descriptor.
    events: /^syscalls:sys_(enter|exit)_(open|unlink|mkdir|mknod|link|symlink|rename|readlink|chmod|access)$/,
    instead: ([, when, call]) =>
      `This architecture does without it: programs call sys_${when}_${call === 'access' ? 'f' : ''}${call}at.`,
  },
  {
    events: /^syscalls:sys_(enter|exit)_(?:fork|vfork)$/,
    instead: ([, when]) => `This architecture does without it: programs call sys_${when}_clone.`,
  },
];

/** A sentence about a tracepoint that is not there; '' where nothing is known of it. */
export function onOtherArchitectures(event: string): string {
  for (const { events, instead } of ROWS) {
    const found = events.exec(event);
    if (found) return instead(found);
  }
  return '';
}
