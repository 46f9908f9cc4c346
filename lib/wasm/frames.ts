/** Kinds of frame: the function, and each construct that is open in it. */
export const Frame = {
  Function: 0,
  Block: 1,
  Loop: 2,
  /** A loop whose type has params. */
  ParamLoop: 3,
  If: 4,
  Try: 5,
  TryTable: 6,
} as const;

/** By kind: how many constructs metering puts around one, each of which is a label that branches have to count. */
const ADDED_LABELS = [0, 0, 3, 1, 0, 0, 0];

/** The frames of a body that are open, by depth; the function's is 0. */
export class Frames {
  readonly #kinds: number[] = [Frame.Function];
  /** By frame: how many labels were added around it and those that it is in. */
  readonly #added: number[] = [0];

  /** Opens `frame`, the next one or one that was closed. */
  open(frame: number, kind: number): void {
    this.#kinds[frame] = kind;
    this.#added[frame] = this.#added[frame - 1] + ADDED_LABELS[kind];
  }

  /** One of {@linkcode Frame}. */
  kind(frame: number): number {
    return this.#kinds[frame];
  }

  /** Whether branches to the label of `frame` go back. */
  isLoop(frame: number): boolean {
    return this.#kinds[frame] === Frame.Loop || this.#kinds[frame] === Frame.ParamLoop;
  }

  /** `else`: the body of `frame`, an `if`, is no longer one that may be passed over. */
  hasElse(frame: number): void {
    this.#kinds[frame] = Frame.Block;
  }

  /** How many labels were added between `from` and `frame`, which it is in: by so much a label there becomes larger. */
  addedBetween(from: number, frame: number): number {
    return this.#added[from] - this.#added[frame];
  }
}
