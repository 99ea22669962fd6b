/** The kinds of BTF types, and how many 32-bit words follow the common three of each. */
export const BTF_KIND = {
  void: 0,
  int: 1,
  ptr: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  fwd: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  func: 12,
  funcProto: 13,
  var: 14,
  datasec: 15,
  float: 16,
  declTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

/** Words behind the common part, indexed by kind: a fixed number, and a number for each of `vlen` items. */
export const TRAILING: readonly (readonly [fixed: number, each: number])[] = [
  [0, 0], // void
  [1, 0], // int
  [0, 0], // ptr
  [3, 0], // array
  [0, 3], // struct
  [0, 3], // union
  [0, 2], // enum
  [0, 0], // fwd
  [0, 0], // typedef
  [0, 0], // volatile
  [0, 0], // const
  [0, 0], // restrict
  [0, 0], // func
  [0, 2], // funcProto
  [1, 0], // var
  [0, 3], // datasec
  [0, 0], // float
  [1, 0], // declTag
  [0, 0], // typeTag
  [0, 3], // enum64
];

/** Bits of an int's encoding. */
export const INT_ENCODING = { signed: 1, char: 2, bool: 4 } as const;

/** A member of a struct or union; offsets in bits, `bitSize` 0 unless it is a bitfield. */
export interface BtfMember {
  name: string;
  type: number;
  bitOffset: number;
  bitSize: number;
}
