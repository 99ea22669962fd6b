/** Values that are known while compiling. */

/** A list is a tuple; of a record, its parts with their names. */
export type Constant = bigint | boolean | string | readonly Constant[];

/** Is it a condition that holds? */
export const isTrue = (value: Constant): boolean =>
  typeof value === 'bigint' ? value !== 0n : typeof value === 'object' ? value.length > 0 : Boolean(value);
