import { FUNCTION_ENTRY } from "./cost.ts";
import type { Edits } from "./edits.ts";

/** Takes its units at the function's entry, where there is no edit. */
const ENTRY = -1;

/**
 * Divides a body into segments, each of which runs as a whole or not at all, and sums up what it costs into the edit at its
 * beginning. What follows a construct that every path leaves at its end belongs to the segment before it, and is charged there.
 *
 * Frames are those of `Paths`.
 */
export class Segments {
  readonly #edits: Edits;
  /** By frame: the edit that took the units of the segment in which it was opened. */
  readonly #takers: number[] = [];
  /** By frame: the outermost frame to whose label something in it branches; a call counts as -1. */
  readonly #farthest: number[] = [];
  #taker = ENTRY;
  #own = 0;
  #paid = 0;
  /** Units of the first segment for the function's own instructions. */
  entryOwn = 0;
  /** Units of the first segment for callees. */
  entryPaid = 0;

  /** Segments of bodies that are edited with `edits`. */
  constructor(edits: Edits) {
    this.#edits = edits;
  }

  /** Starts a function. */
  reset(): void {
    this.#taker = ENTRY;
    this.#own = FUNCTION_ENTRY;
    this.#paid = this.entryOwn = this.entryPaid = 0;
    this.#farthest[0] = 0;
  }

  /** Adds to the open segment for an instruction of the function. */
  spend(cost: number): void {
    this.#own += cost;
  }

  /** Adds to the open segment for entering a callee. */
  pay(cost: number): void {
    this.#paid += cost;
  }

  /** What the open segment pays for callees so far. */
  get paid(): number {
    return this.#paid;
  }

  /** A segment begins at offset `at`, where an edit of `kind` takes its units. */
  cut(at: number, kind: number): void {
    this.settle();
    this.#taker = this.#edits.add(at, kind);
  }

  /** `frame` is opened. */
  open(frame: number): void {
    this.#takers[frame] = this.#taker;
    this.#farthest[frame] = frame;
  }

  /** There is a branch in `frame` to the label of `target`, or, if that is -1, something that must not be charged for ahead. */
  branch(frame: number, target: number): void {
    if (target < this.#farthest[frame]) this.#farthest[frame] = target;
  }

  /**
   * `frame` is closed. Answers whether all paths that entered it come out at its end; then what follows belongs to the segment
   * in which it was opened.
   */
  close(frame: number): boolean {
    const farthest = this.#farthest[frame];
    if (farthest >= frame) return true;
    this.branch(frame - 1, farthest);
    return false;
  }

  /** What follows belongs to the segment in which `frame`, now closed, was opened. */
  resume(frame: number): void {
    this.settle();
    this.#taker = this.#takers[frame];
  }

  /** Hands what the open segment costs so far to the edit that takes it. */
  settle(): void {
    if (this.#taker === ENTRY) {
      this.entryOwn += this.#own;
      this.entryPaid += this.#paid;
    } else {
      this.#edits.value[this.#taker] += this.#own;
      this.#edits.paid[this.#taker] += this.#paid;
    }
    this.#own = this.#paid = 0;
  }
}
