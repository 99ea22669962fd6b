/** What authors say of their maps and variables for tools that know their words: comments of eunomia's, macros of gadgets. */
import { type Diagnostic, problem } from '../errors.ts';
import type { CellLayout, DataType, GlobalLayout, MapLayout } from '../layout.ts';
import { type DocComment, docComments } from './docComments.ts';
import { type FormatContext, formatNamed } from './formats.ts';

interface Annotated {
  layout: CellLayout;
  warnings: Diagnostic[];
}

/**
 * @param sources the cell's own text first
 * @param notes names of variables in section .ebpfnb, some of which bpf/gadget/macros.h made
 */
export function annotated(
  layout: CellLayout,
  sources: string[],
  notes: string[],
  context: FormatContext,
): Annotated {
  const comments = new Map(sources.toReversed().flatMap(source => [...docComments(source)]));
  const warnings: Diagnostic[] = [];
  const json = (name: string, { line }: DocComment, text: string): Record<string, unknown> => {
    const read = objectIn(text);
    if (!read) {
      const span = { start: { line, column: 0 }, end: { line: line + 1, column: 0 } };
      warnings.push(problem('bad-annotation', { name, text }, { span }));
    }
    return read ?? {};
  };
  const maps = layout.maps.map((map): MapLayout => {
    const comment = comments.get(map.name);
    const title = titleIn(notes, 'mapiter', map.symbol);
    const sampled = comment?.sample ? withSample(map, json(map.name, comment, comment.sample), context) : map;
    return title ? { ...sampled, title } : sampled;
  });
  const globals = layout.globals.map((global): GlobalLayout => {
    const comment = global.parameter ? comments.get(global.name) : undefined;
    if (!comment) return global;
    const argument = comment.cmdarg ? json(global.name, comment, comment.cmdarg) : {};
    const aliases = [argument['long'], argument['short']].filter(name => typeof name === 'string');
    const { default: preset, help } = argument;
    const about = comment.about ?? (typeof help === 'string' ? help : undefined);
    return {
      ...global,
      ...(about === undefined ? {} : { about }),
      ...(aliases.length > 0 ? { aliases } : {}),
      ...(preset === undefined || typeof preset === 'object' ? {} : { preset: String(preset) }),
    };
  });
  const records = layout.records.map(record => {
    const name = titleIn(notes, 'tracer', `${record.ring}___${record.name}`);
    return name ? { ...record, name } : record;
  });
  return { layout: { ...layout, maps, globals, records }, warnings };
}

/** A macro's note is called KIND_NAME___OF. */
function titleIn(notes: string[], kind: string, of: string): string | undefined {
  const [start, end] = [`ebpfnb_${kind}_`, `___${of}`];
  const note = notes.find(name => name.startsWith(start) && name.endsWith(end));
  return note?.slice(start.length, -end.length);
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

const HISTOGRAMS: Record<string, { linear?: true }> = { log2_hist: {}, linear_hist: { linear: true } };

/** eunomia's words for units, where they are others. */
const UNITS: Record<string, string> = { nsecs: 'ns', usecs: 'us', msecs: 'ms', secs: 's', kb: 'KiB' };

function withSample(map: MapLayout, sample: Record<string, unknown>, context: FormatContext): MapLayout {
  const { histogram: customarily, ...plain } = map;
  const form = HISTOGRAMS[String(sample['type'])];
  if (!form) return sample['type'] === 'default_kv_map' ? plain : map;
  const where = customarily ?? histogramIn(map);
  if (!where) return map;
  const histogram = { ...where, ...form };
  const unit = typeof sample['unit'] === 'string' ? sample['unit'] : '';
  const format = formatNamed(UNITS[unit] ?? unit);
  const value = format ? withUnit(map.value, type => format.of(type, context) ?? type) : map.value;
  return { ...map, histogram, value };
}

/** The first array of numbers in the value; or a number for each bucket, which the key or the last part of it is. */
function histogramIn({ key, value }: MapLayout): MapLayout['histogram'] {
  const slots = value.kind === 'struct' ? value.fields.find(({ type }) => isCounts(type)) : undefined;
  if (slots) return { slots: slots.name };
  if (isCounts(value)) return { slots: 'slots' };
  const bucket = key?.at(-1);
  return value.kind === 'int' && bucket?.type.kind === 'int' ? { bucket: bucket.name } : undefined;
}

const isCounts = (type: DataType) => type.kind === 'array' && type.element.kind === 'int';

/** What is counted, in its unit. */
function withUnit(value: DataType, as: (type: DataType) => DataType): DataType {
  if (value.kind === 'array') return { ...value, element: as(value.element) };
  if (value.kind !== 'struct') return as(value);
  const fields = value.fields.map(field =>
    isCounts(field.type) ? { ...field, type: withUnit(field.type, as) } : field,
  );
  return { ...value, fields };
}
