/** From so many taken items on their places are given back. */
const MANY = 1024;

/** A queue that takes no longer, and no more room, for having been used much: `Array.shift` allocates, or moves what is left. */
export class Fifo<T> {
  readonly #items: (T | undefined)[] = [];
  /** Index of the first item; those before it are taken. */
  #first = 0;

  /** How many items there are. */
  get length(): number {
    return this.#items.length - this.#first;
  }

  /** The first item, which must be there. */
  get first(): T {
    return this.#items[this.#first] as T;
  }

  set first(item: T) {
    this.#items[this.#first] = item;
  }

  /** Adds an item. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the first item, which must be there. */
  shift(): T {
    const items = this.#items;
    if (this.length === 1) {
      const last = items.pop() as T;
      if (this.#first > 0) items.length = this.#first = 0;
      return last;
    }
    const item = items[this.#first] as T;
    items[this.#first++] = undefined;
    if (this.#first >= MANY && this.#first * 2 >= items.length) {
      items.splice(0, this.#first);
      this.#first = 0;
    }
    return item;
  }
}
