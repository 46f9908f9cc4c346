/**
 * The price list: what a guest pays, in units of fuel, for what it runs.
 *
 * An operator costs what its row of the {@link file://./opcodes.ts opcode table} says (0 or 1); a bulk operator costs its
 * run-time length on top. This file holds the rest, and {@linkcode Paths}, which finds the most expensive way through a
 * function that has no loops.
 *
 * @module
 */

/** What it costs to enter a function. */
export const FUNCTION_ENTRY = 1;

/**
 * A function without loops and calls that costs at most this much, and that only direct calls can reach, is quiet: its callers
 * pay for it as for a part of themselves.
 */
export const SMALL_LEAF = 128;

/** The most that a function may burn from its entry to its end, what it calls included, without looking at the counter. */
export const UNCHECKED = 512;

/**
 * The most that a function which may recurse may burn on its way, its loops aside, without looking at the counter where it goes on
 * after a call or an exception. Where frames of a deep recursion return one after another, nothing else looks; some 270,000 metered
 * frames fit on JavaScriptCore's stack (V8: 18,000), and their debts have to fit in an `i32`.
 */
export const HEAVY = 6144;

/** The most that any function burns in a straight line without looking at the counter: some ms. */
export const LONG = 2 ** 20;

/** The most that the functions of a module which do not recurse may burn in sum without looking, each being on the stack once. */
export const MOST_OWED = 2 ** 30;

/** Not reachable: what {@linkcode Paths.here} is after an unconditional branch. */
export const DEAD = -1;

/**
 * The cost of the most expensive path from the function's entry to the current position, kept while a body is scanned once
 * from front to back. Branches go forward only (a loop's header is left out), so the maximum over the paths that meet at a
 * label is known when its `end` is reached.
 *
 * A frame is an index: 0 is the function, each block, loop, if or try is one more.
 */
export class Paths {
  /** Units from the entry up to here on the most expensive path, or {@linkcode DEAD}. */
  here = 0;
  /** The most expensive path of all that have ended so far, be it by return, branch, trap or throw. */
  worst = 0;
  /** The frame that is open. */
  top = 0;
  /** By frame: `here` at its opening. */
  readonly #opened: number[] = [0];
  /** By frame: the maximum over the paths that branch to its label, or {@linkcode DEAD}. */
  readonly #joined: number[] = [DEAD];
  /** By frame: for a try, the maximum over all points of its body; any of them may throw. */
  readonly #peak: number[] = [DEAD];
  /** By frame: the nearest try at or around it, or -1. */
  readonly #tries: number[] = [-1];

  /** Starts a function. */
  reset(): void {
    this.here = this.worst = FUNCTION_ENTRY;
    this.top = -1;
    this.open(false);
  }

  /** Opens a frame, a try if exceptions that are thrown inside may be caught at it. */
  open(isTry: boolean): void {
    const outer = this.top++;
    this.#opened[this.top] = this.here;
    this.#joined[this.top] = DEAD;
    this.#peak[this.top] = DEAD;
    this.#tries[this.top] = isTry ? this.top : outer < 0 ? -1 : this.#tries[outer];
  }

  /** A branch from here to the label of `frame`. */
  branch(frame: number, cost: number = this.here): void {
    if (cost > this.#joined[frame]) this.#joined[frame] = cost;
  }

  /** Nothing is reachable from here on. */
  die(): void {
    this.#notePeak();
    if (this.here > this.worst) this.worst = this.here;
    this.here = DEAD;
  }

  /** `else`: the first arm meets the label, the second starts where the `if` was opened. */
  otherwise(): void {
    this.#notePeak();
    this.branch(this.top);
    this.here = this.#opened[this.top];
  }

  /** `catch`: what was before meets the label, the handler starts from the costliest point of the body. */
  land(): void {
    this.#notePeak();
    this.branch(this.top);
    this.here = this.#opened[this.top] === DEAD ? DEAD : this.#peak[this.top];
    this.#leaveTry(this.top);
  }

  /** The costliest point of the open frame, a try, up to here. */
  peak(): number {
    this.#notePeak();
    return this.#peak[this.top];
  }

  /**
   * `end`: closes the open frame. `skippable` says that its body may be passed over, as that of an `if` without `else`.
   * Answers whether another path than the one that falls through comes out of it.
   */
  close(skippable: boolean): boolean {
    this.#notePeak();
    const frame = this.top--;
    if (this.#tries[frame] === frame) this.#leaveTry(frame);
    if (skippable) this.branch(frame, this.#opened[frame]);
    const joined = this.#joined[frame];
    if (joined > this.here) this.here = joined;
    if (this.here > this.worst) this.worst = this.here;
    return joined !== DEAD;
  }

  #notePeak(): void {
    const frame = this.#tries[this.top];
    if (frame >= 0 && this.here > this.#peak[frame]) this.#peak[frame] = this.here;
  }

  #leaveTry(frame: number): void {
    const outer = frame > 0 ? this.#tries[frame - 1] : -1;
    this.#tries[frame] = outer;
    if (outer >= 0 && this.#peak[frame] > this.#peak[outer]) this.#peak[outer] = this.#peak[frame];
  }
}
