/** Which cells a header cell's edit concerns. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changedHeaders, includedHeaders } from '../../kernel/notebook/index.ts';
import type { HeaderFile } from '../../kernel/protocol.ts';

const HEADERS: HeaderFile[] = [
  { name: 'event.h', source: '//| file: event.h\n#include "types.h"\nstruct event { id_type id; };' },
  { name: 'types.h', source: 'typedef int id_type;' },
  { name: 'lib/list.h', source: '#include "lib/list.h"\nstruct list;' },
  { name: 'other.h', source: 'int other;' },
];

const names = (headers: readonly HeaderFile[]) => headers.map(({ name }) => name);

describe('the header cells that a cell includes', () => {
  const ROWS: [source: string, included: string[]][] = [
    ['int x;', []],
    ['#include "types.h"', ['types.h']],
    ['#include "event.h"', ['event.h', 'types.h']],
    ['  #  include <types.h>', ['types.h']],
    ['#include "lib/list.h"', ['lib/list.h']],
    ['#include "list.h"', []],
    ['#include <bpf/bpf_helpers.h>\n#include "other.h"', ['other.h']],
    ['// see #include "other.h"', []],
    ['#include WHICH', ['event.h', 'types.h', 'lib/list.h', 'other.h']],
  ];
  for (const [source, included] of ROWS)
    test(source, () => assert.deepEqual(names(includedHeaders(source, HEADERS)), included));
});

describe('an edited header cell makes stale', () => {
  const CELLS = {
    direct: '#include "types.h"',
    indirect: '#include "event.h"',
    beside: '#include "other.h"',
    none: '#include "vmlinux.h"',
  };
  const edit = (name: string, source?: string) =>
    HEADERS.flatMap(header => (header.name === name ? (source ? [{ name, source }] : []) : [header]));
  const ROWS: [what: string, now: HeaderFile[], stale: string[]][] = [
    [
      'those that include it, and through another',
      edit('types.h', 'typedef long id_type;'),
      ['direct', 'indirect'],
    ],
    ['one that includes it', edit('other.h', 'long other;'), ['beside']],
    ['nobody, where none includes it', edit('lib/list.h', 'struct list {};'), []],
    ['those that lack it now', edit('types.h'), ['direct', 'indirect']],
    ['nobody, when it is as it was', [...HEADERS], []],
    ['nobody, when it has moved', HEADERS.toReversed(), []],
    ['who includes one that is new', [...HEADERS, { name: 'vmlinux.h', source: 'int x;' }], ['none']],
  ];
  for (const [what, now, stale] of ROWS)
    test(what, () => {
      const found = Object.entries(CELLS).filter(
        ([, source]) => changedHeaders(source, HEADERS, now).length > 0,
      );
      assert.deepEqual(
        found.map(([name]) => name),
        stale,
      );
    });

  test('and says which', () => {
    assert.deepEqual(changedHeaders(CELLS.indirect, HEADERS, edit('types.h', 'typedef long id_type;')), [
      'types.h',
    ]);
  });
});
