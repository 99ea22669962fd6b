/** Linux's page allocation flags by their names, as `%gr` shows them. */

/** Names of the single flags by bit (gfp_types.h of Linux 6.12 and newer); empty where there is none. */
const BITS = [
  'DMA',
  'HIGHMEM',
  'DMA32',
  'MOVABLE',
  'RECLAIMABLE',
  'HIGH',
  'IO',
  'FS',
  'ZERO',
  '',
  'DIRECT_RECLAIM',
  'KSWAPD_RECLAIM',
  'WRITE',
  'NOWARN',
  'RETRY_MAYFAIL',
  'NOFAIL',
  'NORETRY',
  'MEMALLOC',
  'COMP',
  'NOMEMALLOC',
  'HARDWALL',
  'THISNODE',
  'ACCOUNT',
  'ZEROTAGS',
  'SKIP_ZERO',
  'SKIP_KASAN',
  'NO_OBJ_EXT',
];

const mask = (names: string): bigint =>
  names.split(' ').reduce((sum, name) => sum | (1n << BigInt(BITS.indexOf(name))), 0n);

const NOIO = 'DIRECT_RECLAIM KSWAPD_RECLAIM';
const KERNEL = `${NOIO} IO FS`;
const HIGHUSER = `${KERNEL} HARDWALL HIGHMEM`;
const HUGE = `IO FS HARDWALL HIGHMEM MOVABLE SKIP_KASAN COMP NOMEMALLOC NOWARN`;

/** The larger ones first: what one of them takes is not named again. */
const COMBINED: readonly [name: string, flags: string][] = [
  ['GFP_TRANSHUGE', `${HUGE} DIRECT_RECLAIM`],
  ['GFP_TRANSHUGE_LIGHT', HUGE],
  ['GFP_HIGHUSER_MOVABLE', `${HIGHUSER} MOVABLE SKIP_KASAN`],
  ['GFP_HIGHUSER', HIGHUSER],
  ['GFP_USER', `${KERNEL} HARDWALL`],
  ['GFP_KERNEL_ACCOUNT', `${KERNEL} ACCOUNT`],
  ['GFP_KERNEL', KERNEL],
  ['GFP_NOFS', `${NOIO} IO`],
  ['GFP_ATOMIC', 'HIGH KSWAPD_RECLAIM'],
  ['GFP_NOIO', NOIO],
  ['GFP_NOWAIT', 'KSWAPD_RECLAIM NOWARN'],
  ['GFP_DMA', 'DMA'],
  ['__GFP_HIGHMEM', 'HIGHMEM'],
  ['GFP_DMA32', 'DMA32'],
];

const FLAGS: readonly [name: string, mask: bigint][] = [
  ...COMBINED,
  ...BITS.filter(Boolean).map((bit): [string, string] => [`__GFP_${bit}`, bit]),
].map(([name, flags]) => [name, mask(flags)]);

/** `GFP_KERNEL|__GFP_ZERO`; bits without a name in hex. */
export function gfpFlags(value: bigint): string {
  let rest = value;
  const names: string[] = [];
  for (const [name, flags] of FLAGS) {
    if ((rest & flags) !== flags) continue;
    names.push(name);
    rest &= ~flags;
  }
  if (rest !== 0n) names.push(`0x${rest.toString(16)}`);
  return names.join('|') || '0';
}
