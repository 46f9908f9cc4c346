/** Names that are kept, and characters of each: a guest chooses them. */
const MOST = 64, LONGEST = 200;

/** The names of what a guest was refused, each once: the first 64, of names that are long the first 200 characters. */
export class Denied {
  readonly #names = new Set<string>();

  /** Adds a name. */
  add(name: string): void {
    if (this.#names.size >= MOST) return;
    // Letter by letter, as a part of a text may keep all of it.
    this.#names.add(name.length > LONGEST ? [...name.slice(0, LONGEST)].join("") : name);
  }

  /** In the order in which they came. */
  get names(): string[] {
    return [...this.#names];
  }
}
