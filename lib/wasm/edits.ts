/**
 * What is to be inserted into a function body, and where: the plan's outcome and the splicer's input.
 *
 * @module
 */

/** The kinds of edit. `value` is what each needs besides its place; "the counter" is where the function keeps its fuel. */
export const Kind = {
  /** Take `value` units, and `paid` ones for callees: a straight-line segment begins. */
  Charge: 0,
  /** Before a loop of which the opcode and the block type take `value` bytes: what leads to it and around it. */
  OuterLoop: 1,
  /** At the head of the loop proper: leave it for a refuel when out of fuel; then take as for `Charge`. */
  LoopHead: 2,
  /** After the loop's end: the refuel, and back to the loop. */
  OuterEnd: 3,
  /** As `OuterLoop`, for a loop with params. */
  ParamLoop: 4,
  /** As `OuterEnd`, for a loop with params. */
  ParamEnd: 5,
  /** The label here becomes `value`, since outer loops were put between it and its target. */
  Label: 6,
  /** Store the counter in the global: others will read it. */
  Flush: 7,
  /** The global has changed: load the counter, then take as for `Charge`. */
  Reload: 8,
  /** Take as many units as the operand on top of the stack says: an `i32` if `value` is 0, an `i64` if it is 1. */
  Bulk: 9,
  /** Note it if the operand on top of the stack, a `memory.grow` result, says that it failed; `value` as of `Bulk`. */
  Grown: 10,
  /** Refuel when out of fuel. */
  Check: 11,
  /** As `Reload`, then as `Check`. */
  ReloadCheck: 12,
  /** In a profile: `value` units that the function has taken are burnt by one that it calls. */
  Quiet: 13,
  /**
   * Take bytes for a structure or an array: `value` of them, or, if it is below zero, so many for each of as many elements as the
   * operand on top of the stack says.
   */
  Allocate: 14,
  /** Call the hook, whatever fuel is left. */
  Call: 15,
} as const;

/** Edits of one body in order of place, as columns, since a large module needs millions; kept and cleared from body to body. */
export class Edits {
  /** How many there are. */
  count = 0;
  /** By edit: offset in the module before which to insert. */
  at: Int32Array = new Int32Array(64);
  /** By edit: one of {@linkcode Kind}. */
  kind: Uint8Array = new Uint8Array(64);
  /** By edit: see {@linkcode Kind}. */
  value: Int32Array = new Int32Array(64);
  /** By edit: units that the callers of a segment's callees pay for them. */
  paid: Int32Array = new Int32Array(64);
  /** By edit: how many of the module's bytes the insertion replaces. */
  skip: Uint8Array = new Uint8Array(64);

  /** Adds an edit and answers its number. */
  add(at: number, kind: number, value = 0, skip = 0): number {
    const index = this.count++;
    if (index === this.at.length) this.#grow();
    this.at[index] = at;
    this.kind[index] = kind;
    this.value[index] = value;
    this.paid[index] = 0;
    this.skip[index] = skip;
    return index;
  }

  #grow(): void {
    const size = this.at.length * 2;
    this.at = enlarge(this.at, new Int32Array(size));
    this.kind = enlarge(this.kind, new Uint8Array(size));
    this.value = enlarge(this.value, new Int32Array(size));
    this.paid = enlarge(this.paid, new Int32Array(size));
    this.skip = enlarge(this.skip, new Uint8Array(size));
  }
}

/** `to`, a longer array, with the elements of `from`. */
export function enlarge<T extends Int32Array | Uint8Array | Int8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
