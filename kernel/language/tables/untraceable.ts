/** Functions of Linux that can be probed and had better not be. */

/** The first row that fits counts. */
const LEFT_ALONE: readonly { names: RegExp; reason: string }[] = [
  {
    names: /^(?:__)?rcu_/,
    reason: 'Probes themselves rely on RCU: in its functions they can hang the machine.',
  },
];

/** Undefined when nothing is said against it. */
export const reasonToLeaveAlone = (name: string): string | undefined =>
  LEFT_ALONE.find(({ names }) => names.test(name))?.reason;
