/**
 * What to do with one function body: the outcome of planning, and the splicer's input.
 *
 * @module
 */

import type { Edits } from "./edits.ts";

/**
 * Where a function keeps the fuel that is left while it runs.
 *
 * - `entry`: no loops, so all of it, by the most expensive path, is taken from the global at entry.
 * - `local`: in a local, which is stored in the global before calls and exits and loaded after calls.
 * - `global`: in the global, always. For functions with loops whose exceptions may arrive with the local out of date.
 */
export type Counter = "entry" | "local" | "global";

/** What a planner found out about a body. It is the planner's own and valid until its next plan. */
export interface Plan {
  /** Where the function keeps its counter. */
  readonly counter: Counter;
  /** Units of the entry: of the first segment, or of the most expensive path. */
  readonly entryCost: number;
  /** Units to take at entry for callees. */
  readonly entryPaid: number;
  /** Units of the most expensive path, loops taken once, and callees that others pay for left out. */
  readonly cost: number;
  /** Whether it is a small leaf: neither calls nor loops nor has any other reason to touch the counter but to pay for itself. */
  readonly isQuiet: boolean;
  /** The functions that it calls directly, as often as it does, but for quiet ones and such as it pays for. */
  readonly directCalls: readonly number[];
  /** How often it calls what is not known. */
  readonly unknownCalls: number;
  /** Whether it may be left otherwise than by returning or trapping: by a throw or a tail call. */
  readonly endsElsewhere: boolean;
  /** Offset of the number of groups of locals, and offset after the last group. */
  readonly locals: { readonly start: number; readonly end: number; readonly groups: number };
  /** How many locals are declared. */
  readonly localCount: number;
  /** What to insert. */
  readonly edits: Edits;
}
