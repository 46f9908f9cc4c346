/** Lets so many in at a time; the others wait in the order in which they came. */
export class Queue {
  readonly #concurrency: number;
  readonly #waiting = new Set<() => void>();

  /** How many may wait. */
  readonly longest: number;
  /** How many are in. */
  running = 0;

  /** @param concurrency How many may be in. */
  constructor(concurrency: number, longest = Infinity) {
    this.#concurrency = concurrency;
    this.longest = longest;
  }

  /** How many wait. */
  get length(): number {
    return this.#waiting.size;
  }

  /** Enters if there is a place. */
  tryEnter(): boolean {
    if (this.running >= this.#concurrency) return false;
    this.running++;
    return true;
  }

  /** Calls `enter` when there is a place, which then is taken. */
  wait(enter: () => void): void {
    this.#waiting.add(enter);
  }

  /** Takes {@linkcode wait} back. Answers whether it was still waiting. */
  cancel(enter: () => void): boolean {
    return this.#waiting.delete(enter);
  }

  /** Leaves, and makes place for the one that has waited longest. */
  leave(): void {
    for (const enter of this.#waiting) {
      this.#waiting.delete(enter);
      return enter();
    }
    this.running--;
  }
}
