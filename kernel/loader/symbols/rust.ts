/** Rust's own mangling (RFC 2603, `_R…`) as Rust writes paths, without crates' hashes. */

/** Bounds of what a name may unfold to: back references let a short one grow without end. */
const MOST_DEPTH = 128;
const MOST_TEXT = 4096;

const BASIC: Readonly<Record<string, string>> = {
  a: 'i8',
  b: 'bool',
  c: 'char',
  d: 'f64',
  e: 'str',
  f: 'f32',
  h: 'u8',
  i: 'isize',
  j: 'usize',
  l: 'i32',
  m: 'u32',
  n: 'i128',
  o: 'u128',
  p: '_',
  s: 'i16',
  t: 'u16',
  u: '()',
  v: '...',
  x: 'i64',
  y: 'u64',
  z: '!',
};
const POINTERS: Readonly<Record<string, string>> = { R: '&', Q: '&mut ', P: '*const ', O: '*mut ' };
/** Namespaces of what has no name in the source. */
const SPECIAL: Readonly<Record<string, string>> = { C: 'closure', S: 'shim' };

class Malformed extends Error {}

/** Undefined for what is no such name. */
export function rustName(mangled: string): string | undefined {
  if (!/^_R[A-Z]/.test(mangled)) return undefined;
  try {
    return new Parser(mangled.slice(2).replace(/[.$].*$/, '')).path(true);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

class Parser {
  #at = 0;
  #depth = 0;
  #written = 0;

  constructor(private readonly text: string) {}

  /** `inValue`: generic arguments follow `::<`. */
  path(inValue: boolean): string {
    return this.#nested(() => this.#path(inValue));
  }

  #path(inValue: boolean): string {
    switch (this.#next()) {
      case 'C':
        this.#disambiguator();
        return this.#identifier();
      case 'M':
        this.#implPath();
        return `<${this.#type()}>`;
      case 'X': {
        this.#implPath();
        return `<${this.#type()} as ${this.path(false)}>`;
      }
      case 'Y':
        return `<${this.#type()} as ${this.path(false)}>`;
      case 'N': {
        const namespace = this.#next();
        const parent = this.path(inValue);
        const index = this.#disambiguator();
        const name = this.#identifier();
        if (/[a-z]/.test(namespace)) return name ? `${parent}::${name}` : parent;
        const kind = SPECIAL[namespace] ?? namespace;
        return `${parent}::{${kind}${name ? `:${name}` : ''}#${index}}`;
      }
      case 'I': {
        const base = this.path(inValue);
        return `${base}${inValue ? '::' : ''}<${this.#list(() => this.#argument()).join(', ')}>`;
      }
      case 'B':
        return this.#back(() => this.path(inValue));
      default:
        throw new Malformed();
    }
  }

  #implPath(): void {
    this.#disambiguator();
    this.path(false);
  }

  #argument(): string {
    if (this.#take('L')) return this.#lifetime();
    if (this.#take('K')) return this.#constant();
    return this.#type();
  }

  #type(): string {
    return this.#nested(() => {
      const letter = this.#peek();
      const basic = BASIC[letter];
      if (basic !== undefined) {
        this.#at++;
        return basic;
      }
      if ('CMXYNI'.includes(letter)) return this.path(false);
      this.#at++;
      const pointer = POINTERS[letter];
      if (pointer !== undefined) {
        if (letter <= 'P' || !this.#take('L')) return pointer + this.#type();
        const lifetime = this.#lifetime();
        return `${lifetime === "'_" ? pointer : pointer.replace('&', `&${lifetime} `)}${this.#type()}`;
      }
      switch (letter) {
        case 'A':
          return `[${this.#type()}; ${this.#constant()}]`;
        case 'S':
          return `[${this.#type()}]`;
        case 'T': {
          const parts = this.#list(() => this.#type());
          return parts.length === 1 ? `(${parts[0]},)` : `(${parts.join(', ')})`;
        }
        case 'F':
          return this.#function();
        case 'D': {
          this.#binder();
          const traits = this.#list(() => this.#trait());
          if (!this.#take('L')) throw new Malformed();
          const lifetime = this.#lifetime();
          return `dyn ${[...traits, ...(lifetime === "'_" ? [] : [lifetime])].join(' + ')}`;
        }
        case 'B':
          return this.#back(() => this.#type());
        default:
          throw new Malformed();
      }
    });
  }

  #function(): string {
    this.#binder();
    const unsafe = this.#take('U') ? 'unsafe ' : '';
    let abi = '';
    if (this.#take('K')) abi = `extern "${this.#take('C') ? 'C' : this.#identifier().replaceAll('_', '-')}" `;
    const parameters = this.#list(() => this.#type()).join(', ');
    const result = this.#type();
    return `${unsafe}${abi}fn(${parameters})${result === '()' ? '' : ` -> ${result}`}`;
  }

  /** Associated types stand among the generic arguments. */
  #trait(): string {
    const path = this.path(false);
    const bindings: string[] = [];
    while (this.#take('p')) bindings.push(`${this.#identifier()} = ${this.#type()}`);
    if (bindings.length === 0) return path;
    return path.endsWith('>')
      ? `${path.slice(0, -1)}, ${bindings.join(', ')}>`
      : `${path}<${bindings.join(', ')}>`;
  }

  #constant(): string {
    if (this.#take('B')) return this.#back(() => this.#constant());
    const type = this.#next();
    if (type === 'p') return '_';
    const sign = this.#take('n') ? '-' : '';
    const end = this.text.indexOf('_', this.#at);
    const digits = this.text.slice(this.#at, end);
    if (end < 0 || !/^[0-9a-f]*$/.test(digits) || digits.length > 32) throw new Malformed();
    this.#at = end + 1;
    const value = BigInt(`0x${digits || '0'}`);
    if (type === 'b') return value === 0n ? 'false' : 'true';
    if (type === 'c') return value <= 0x10ffffn ? `'${String.fromCodePoint(Number(value))}'` : '?';
    return `${sign}${value}`;
  }

  /** Lifetimes have no names of their own: only that there is one is said. */
  #lifetime(): string {
    return this.#base62() === 0 ? "'_" : "'a";
  }

  #binder(): void {
    if (this.#take('G')) this.#base62();
  }

  #disambiguator(): number {
    return this.#take('s') ? this.#base62() + 1 : 0;
  }

  #identifier(): string {
    const encoded = this.#take('u');
    const [digits] = /^(?:0|[1-9]\d{0,4})/.exec(this.text.slice(this.#at, this.#at + 6)) ?? [];
    if (digits === undefined) throw new Malformed();
    this.#at += digits.length;
    this.#take('_');
    const name = this.text.slice(this.#at, this.#at + Number(digits));
    if (name.length < Number(digits)) throw new Malformed();
    this.#at += name.length;
    return encoded ? `punycode{${name}}` : name;
  }

  /** `_` is 0, `0_` is 1. */
  #base62(): number {
    const end = this.text.indexOf('_', this.#at);
    const digits = this.text.slice(this.#at, end);
    if (end < 0 || !/^[0-9a-zA-Z]{0,11}$/.test(digits)) throw new Malformed();
    this.#at = end + 1;
    let value = 0;
    for (const digit of digits) value = value * 62 + DIGITS.indexOf(digit);
    return digits === '' ? 0 : value + 1;
  }

  /** Everything up to `E`. */
  #list(read: () => string): string[] {
    const parts: string[] = [];
    while (!this.#take('E')) parts.push(read());
    return parts;
  }

  /** Something that was there before, written again. */
  #back(read: () => string): string {
    const start = this.#at - 1;
    const target = this.#base62();
    if (target >= start) throw new Malformed();
    const after = this.#at;
    this.#at = target;
    const text = read();
    this.#at = after;
    return text;
  }

  #nested(read: () => string): string {
    if (++this.#depth > MOST_DEPTH) throw new Malformed();
    const text = read();
    this.#depth--;
    this.#written += text.length;
    if (this.#written > MOST_TEXT * MOST_DEPTH || text.length > MOST_TEXT) throw new Malformed();
    return text;
  }

  #peek(): string {
    const letter = this.text[this.#at];
    if (letter === undefined) throw new Malformed();
    return letter;
  }

  #next(): string {
    const letter = this.#peek();
    this.#at++;
    return letter;
  }

  #take(letter: string): boolean {
    if (this.text[this.#at] !== letter) return false;
    this.#at++;
    return true;
  }
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
