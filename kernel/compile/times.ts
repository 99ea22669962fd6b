/** Linux notes when a record was put into a perf buffer: the loader hands the time over in front of it. */
import type { CellLayout, Field, RecordLayout } from '../layout.ts';
import { isPerCpuStream } from '../mapTypes.ts';

const TIME: Field = {
  name: 'time',
  offset: 0,
  type: { kind: 'int', size: 8, signed: false, display: 'time' },
};

/** A record that tells its own time needs no other. */
const OWN = /^(?:time|timestamp|ts|when)(?:_?[num]s)?$/;

export function withTimes(layout: CellLayout): CellLayout {
  const timed = new Set(layout.maps.filter(({ type }) => isPerCpuStream(type)).map(({ symbol }) => symbol));
  return {
    ...layout,
    records: layout.records.map(record => (timed.has(record.ring) ? behind(record) : record)),
  };
}

function behind(record: RecordLayout): RecordLayout {
  const { size } = TIME.type;
  const fields = record.fields.map(field => ({ ...field, offset: field.offset + size }));
  return {
    ...record,
    size: record.size + size,
    ...(record.least === undefined ? {} : { least: record.least + size }),
    fields: record.fields.some(({ name }) => OWN.test(name)) ? fields : [TIME, ...fields],
  };
}
