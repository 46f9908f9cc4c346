/**
 * Who pays for entering a function: it itself, or, if that is known to be cheaper, who calls it. And who has to look at the
 * counter, and where.
 *
 * @module
 */

import { Reader } from "./bytes.ts";
import { type Calls, type Order, orderOf } from "./call_graph.ts";
import { HEAVY, LONG, MOST_OWED, SMALL_LEAF, UNCHECKED } from "./cost.ts";
import type { Module } from "./outline.ts";
import type { Plan } from "./plan.ts";
import { Planner } from "./planner.ts";
import { type Callees, noCallees, type Outline } from "./surroundings.ts";

/** With more calls to it than this, a function that is not quiet pays for itself: a charge at each call is more code than one. */
const MOST_CALL_SITES = 4;

/** What the first look at all bodies finds, by function index. */
interface Survey {
  readonly calls: Calls;
  /** Units of the most expensive path, callees left out. */
  readonly costs: Float64Array;
  readonly hasLoops: Uint8Array;
  readonly quiet: Uint8Array;
  readonly endsElsewhere: Uint8Array;
  /** How many direct calls of it there are. */
  readonly callSites: Uint32Array;
  /** Whether any of them allocates what is to be counted. */
  readonly allocates: boolean;
}

/**
 * Finds out about the functions of a module what the plans of those that call them need to know.
 *
 * Callers pay for functions without loops, so that the cost is known, which nothing but direct calls can reach, and which call
 * nothing but functions of this kind. So they come back, or all is over: who has paid for several has not paid for one that is not
 * called. (What a body names by `ref.func` stands outside of bodies too, or the module were not valid.)
 */
export function surveyCallees(module: Module, outline: Outline): Callees {
  const found = noCallees(module.functionCount);
  const survey = surveyBodies(module, outline);
  const order = orderOf(survey.calls, callable(module));
  const owed = placeChecks(survey, order, module, found);
  choosePaid(survey, module.addressTaken, owed, found);
  // Only now it is known which of what they call is quiet, and a part of their own cost.
  const planner = new Planner(outline, {
    ...found,
    callSites: new Uint32Array(found.costs.length),
  });
  const { bytes, bodies } = module;
  found.costs.forEach((cost, index) => {
    if (cost === 0 || found.quiet[index] === 1) return;
    const i = index - outline.importedFunctions;
    const plan = planner.plan(new Reader(bytes, bodies.starts[i], bodies.ends[i]), index);
    found.costs[index] = survey.callSites[index] > MOST_CALL_SITES ? 0 : plan.entryCost;
  });
  return { ...found, allocates: survey.allocates };
}

/**
 * By function: 1 if a call of what is not known may be one of it. Where the host can hand in references, or functions of the host
 * are among what is called so, that may be any to which the host can get.
 */
function callable(module: Module): Uint8Array {
  const { imports, exports, types, functionTypes, functionCount, referenced } = module;
  const importedFunctions = functionCount - functionTypes.length;
  const isDoor = ({ kind }: { kind: string }) => kind === "table" || kind === "global";
  if ([...imports, ...exports].some(isDoor)) return module.addressTaken;
  if (referenced.subarray(0, importedFunctions).includes(1)) return module.addressTaken;
  const imported = imports.flatMap(({ type }) => type ?? []);
  const exported = exports.flatMap(({ kind, index }) =>
    kind === "func" && index >= importedFunctions ? functionTypes[index - importedFunctions] : []
  );
  for (const index of new Set([...imported, ...exported])) {
    const type = types[index];
    if (type.kind === "func" && type.signature.includes("ref")) return module.addressTaken;
  }
  return referenced;
}

function surveyBodies({ bytes, bodies, functionCount }: Module, outline: Outline): Survey {
  const nothing = noCallees(functionCount);
  const planner = new Planner(outline, nothing);
  const callees: number[] = [];
  const survey = {
    costs: new Float64Array(functionCount),
    hasLoops: new Uint8Array(functionCount),
    quiet: new Uint8Array(functionCount),
    endsElsewhere: new Uint8Array(functionCount),
  };
  const starts = new Uint32Array(functionCount + 1);
  const unknown = new Uint32Array(functionCount);
  bodies.starts.forEach((start, i) => {
    const index = outline.importedFunctions + i;
    const plan: Plan = planner.plan(new Reader(bytes, start, bodies.ends[i]), index);
    survey.costs[index] = plan.cost;
    survey.hasLoops[index] = plan.counter === "entry" ? 0 : 1;
    survey.quiet[index] = plan.isQuiet ? 1 : 0;
    survey.endsElsewhere[index] = plan.endsElsewhere ? 1 : 0;
    unknown[index] = plan.unknownCalls;
    for (const callee of plan.directCalls) callees.push(callee);
    starts[index + 1] = callees.length;
  });
  const calls = { starts, callees: Uint32Array.from(callees), unknown };
  return { ...survey, calls, callSites: nothing.callSites, allocates: planner.allocates };
}

/**
 * Decides which functions look at the counter when they are entered, and after calls. Answers how many units each burns at most,
 * its loops aside and callees included, up to where the counter is looked at.
 */
function placeChecks(
  { calls, costs, hasLoops }: Survey,
  { calleesFirst, recursive }: Order,
  { addressTaken, functionTypes }: Module,
  found: Callees,
): Float64Array {
  const { starts, callees, unknown } = calls;
  const importedFunctions = costs.length - functionTypes.length;
  const owed = new Float64Array(costs.length);
  let inSum = 0;
  for (const index of calleesFirst) {
    owed[index] = costs[index] + unknown[index] * SMALL_LEAF;
    // The host may call in turn whoever called it, so that is recursion too.
    let isChecked = recursive[index] === 1;
    for (let i = starts[index]; i < starts[index + 1]; i++) {
      const callee = callees[i];
      // Who calls itself looks when it is entered, as do others that are checked.
      if (found.checked[callee] === 0 && callee !== index) owed[index] += owed[callee];
      if (callee < importedFunctions) isChecked = true;
    }
    const most = addressTaken[index] === 1 ? SMALL_LEAF : UNCHECKED;
    found.checked[index] = isChecked || owed[index] > most ? 1 : 0;
    found.loopFree[index] = hasLoops[index] === 0 && owed[index] <= LONG ? 1 : 0;
    if (recursive[index] === 0) inSum += owed[index];
  }
  owed.forEach((units, index) => {
    const most = recursive[index] === 1 || inSum > MOST_OWED ? HEAVY : LONG;
    // Without loops, all of its own is taken before it calls anything.
    const ahead = found.loopFree[index] === 1 ? costs[index] : 0;
    found.heavy[index] = units - ahead > most ? 1 : 0;
  });
  return owed;
}

/** Decides for which functions their callers pay. */
function choosePaid(
  { calls: { starts, callees, unknown }, costs, quiet, endsElsewhere }: Survey,
  addressTaken: Uint8Array,
  owed: Float64Array,
  found: Callees,
): void {
  const calls: { caller: number; callee: number }[] = [];
  for (let index = 0; index < costs.length; index++) {
    if (found.loopFree[index] === 0 || costs[index] === 0 || addressTaken[index] === 1) continue;
    if (owed[index] > HEAVY || unknown[index] > 0 || endsElsewhere[index] === 1) continue;
    found.costs[index] = costs[index];
    found.quiet[index] = quiet[index];
    for (let i = starts[index]; i < starts[index + 1]; i++) {
      calls.push({ caller: index, callee: callees[i] });
    }
  }
  leaveOutCallersOfOthers(found.costs, calls);
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
