/** Keeps what weighs something, and forgets what was asked for longest ago when it all weighs too much. */
export class BoundedCache<Key, Value extends { weight: number }> {
  readonly #values = new Map<Key, Value>();
  #weight = 0;

  constructor(
    /** In the unit of the weights. */
    private readonly most: number,
  ) {}

  get weight(): number {
    return this.#weight;
  }

  /** What is kept under this key, or what is made now. The one that was asked for last is never forgotten. */
  get(key: Key, make: () => Value): Value {
    const known = this.#values.get(key);
    const value = known ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    if (!known) this.#weight += value.weight;
    for (const [old, { weight }] of this.#values) {
      if (this.#weight <= this.most || old === key) break;
      this.#values.delete(old);
      this.#weight -= weight;
    }
    return value;
  }
}
