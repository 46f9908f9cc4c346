/**
 * Who pays for entering a function: it itself, or, if that is known to be cheaper, who calls it.
 *
 * @module
 */

import { Reader } from "./bytes.ts";
import type { Module } from "./outline.ts";
import { Planner } from "./plan.ts";
import { type Callees, noCallees, type Outline } from "./surroundings.ts";

/** With more calls to it than this, a function that is not quiet pays for itself: a charge at each call is more code than one. */
const MOST_CALL_SITES = 4;

/**
 * Finds the functions that their callers pay for: those without loops, so that the cost is known, which nothing but direct calls
 * can reach, and which call nothing but functions of this kind. So they come back, or all is over: who has paid for several has
 * not paid for one that is not called. (What a body names by `ref.func` stands outside of bodies too, or the module were not
 * valid.)
 */
export function surveyCallees(module: Module, outline: Outline): Callees {
  const { bytes, bodies: { starts, ends }, functionCount, addressTaken } = module;
  const found: Callees = noCallees(functionCount);
  const seen: Callees = noCallees(functionCount);
  const planner = new Planner(outline, seen);
  const firstDefined = functionCount - starts.length;
  const calls: { caller: number; callee: number }[] = [];
  for (let i = 0; i < starts.length; i++) {
    const index = firstDefined + i;
    const plan = planner.plan(new Reader(bytes, starts[i], ends[i]), index);
    if (plan.counter !== "entry") continue;
    found.loopFree[index] = 1;
    if (addressTaken[index] === 1 || plan.isHeavy || plan.callsUnknown) continue;
    found.costs[index] = plan.entryCost;
    if (plan.isQuiet) found.quiet[index] = 1;
    for (const callee of plan.directCalls) calls.push({ caller: index, callee });
  }
  leaveOutCallersOfOthers(found.costs, calls);
  // Only now it is known which of what they call is quiet, and a part of their own cost.
  const again = new Planner(outline, found);
  for (const index of new Set(calls.map(({ caller }) => caller))) {
    const i = index - firstDefined;
    if (found.costs[index] === 0) continue;
    found.costs[index] = again.plan(new Reader(bytes, starts[i], ends[i]), index).entryCost;
  }
  for (let index = firstDefined; index < functionCount; index++) {
    if (found.quiet[index] === 0 && seen.callSites[index] > MOST_CALL_SITES) found.costs[index] = 0;
  }
  return found;
}

/** Leaves out of `costs` what calls a function that is not in it, and what calls that, and so on. */
function leaveOutCallersOfOthers(
  costs: Int32Array,
  calls: readonly { caller: number; callee: number }[],
): void {
  const callers = new Map<number, number[]>();
  for (const { caller, callee } of calls) {
    const others = callers.get(callee);
    if (others === undefined) callers.set(callee, [caller]);
    else others.push(caller);
  }
  const out = [...callers.keys()].filter((callee) => costs[callee] === 0);
  for (let callee = out.pop(); callee !== undefined; callee = out.pop()) {
    for (const caller of callers.get(callee) ?? []) {
      if (costs[caller] === 0) continue;
      costs[caller] = 0;
      out.push(caller);
    }
  }
}
