/**
 * Decides, for one function body, what fuel to take where: one scan from front to back, no wasm is run and nothing is written.
 *
 * @module
 */

import { Bulk } from "./bulk.ts";
import type { Reader } from "./bytes.ts";
import { LONG, SMALL_LEAF } from "./cost.ts";
import { Kind } from "./edits.ts";
import { Flow } from "./flow.ts";
import { Frame } from "./frames.ts";
import { ONE_BYTE, type Opcode, readOpcode, skipImmediates, skipValueType } from "./opcodes.ts";
import type { Plan } from "./plan.ts";
import type { Callees, Outline } from "./surroundings.ts";

const CALL = ONE_BYTE[0x10];
const RETURN_CALL = ONE_BYTE[0x12];
const THROW = ONE_BYTE[0x08];
const RETHROW = ONE_BYTE[0x09];
/** No edit, and not the function's entry either. */
const NONE = -2;

/** Plans one body after another. */
export class Planner {
  readonly #outline: Outline;
  readonly #callees: Callees;
  readonly #flow = new Flow();
  readonly #bulk: Bulk;
  #isLeaf = true;
  #isLoopFree = false;
  #isHeavy = false;
  /** The last edit of which the segment has a look at the counter. */
  #checkedTaker = NONE;
  #unknownCalls = 0;
  #endsElsewhere = false;
  #directCalls: number[] = [];

  /** Plans bodies of a module. */
  constructor(outline: Outline, callees: Callees) {
    this.#outline = outline;
    this.#callees = callees;
    this.#bulk = new Bulk(outline, this.#flow);
  }

  /** Whether any body that was planned so far allocates what is to be counted. */
  get allocates(): boolean {
    return this.#bulk.allocates;
  }

  /**
   * Plans the body that `reader` is at: its locals, then its instructions up to the reader's end.
   *
   * @param self Index of the function.
   * @throws {LoadError} `wasm_unsupported` for an opcode that is not in the table.
   */
  plan(reader: Reader, self: number): Plan {
    const flow = this.#flow;
    this.#isLoopFree = this.#callees.loopFree[self] === 1;
    this.#isHeavy = this.#callees.heavy[self] === 1;
    this.#checkedTaker = NONE;
    this.#unknownCalls = 0;
    this.#endsElsewhere = false;
    this.#directCalls = [];
    this.#isLeaf = true;
    flow.reset(this.#isHeavy);
    this.#bulk.reset();

    const start = reader.pos;
    const groups = reader.count(2);
    let localCount = 0;
    for (let left = groups; left > 0; left--) {
      localCount += reader.u32();
      skipValueType(reader);
    }
    const locals = { start, end: reader.pos, groups };

    while (!reader.done) this.#operator(reader);
    const { segments, cost, hasLoops, hasTries } = flow;
    segments.finish(hasLoops);
    const isLoopFree = !hasLoops && cost <= LONG;
    const isLeaf = this.#isLeaf && !hasTries && !this.#bulk.touchesCounter;
    return {
      counter: isLoopFree ? "entry" : hasTries ? "global" : "local",
      entryCost: isLoopFree ? cost : segments.entryOwn,
      entryPaid: segments.entryPaid,
      cost,
      isQuiet: isLeaf && isLoopFree && cost <= SMALL_LEAF,
      directCalls: this.#directCalls,
      unknownCalls: this.#unknownCalls,
      endsElsewhere: this.#endsElsewhere,
      locals,
      localCount,
      edits: flow.edits,
    };
  }

  #operator(reader: Reader): void {
    const flow = this.#flow;
    const at = reader.pos;
    const opcode = readOpcode(reader);
    const { control, cost } = opcode;
    if (control === "catch" || control === "catch_all") {
      skipImmediates(reader, opcode);
      return flow.land(reader.pos, cost);
    }
    flow.spend(cost);
    switch (control) {
      case undefined:
        return this.#bulk.plan(reader, opcode, at);
      case "block":
        skipValueType(reader);
        return flow.open(Frame.Block);
      case "loop":
        return flow.loop(reader, at, this.#skipBlockType(reader));
      case "if":
        skipValueType(reader);
        return flow.fork(reader.pos);
      case "else":
        return flow.otherwise(reader.pos);
      case "end":
        return flow.end(reader, at);
      case "try":
        skipValueType(reader);
        return flow.try();
      case "try_table":
        skipValueType(reader);
        return flow.tryTable(reader);
      case "delegate":
        return flow.delegate(reader);
      case "br":
        return flow.branch(reader, at);
      case "br_if":
      case "br_on":
        return flow.branchIf(reader, opcode, at);
      case "br_table":
        return flow.branchTable(reader, at);
      case "return":
        return flow.leave(at);
      case "throw":
        return this.#throw(reader, opcode, at);
      case "unreachable":
        return flow.die();
      case "call":
        return this.#call(reader, opcode, at);
      case "tail_call":
        return this.#tailCall(reader, opcode, at);
    }
  }

  /** Skips a block type, and answers whether it has params. */
  #skipBlockType(reader: Reader): boolean {
    const start = reader.pos;
    skipValueType(reader);
    const { pos } = reader;
    reader.pos = start;
    const type = reader.s33();
    reader.pos = pos;
    return type >= 0 && this.#outline.hasParams[type];
  }

  #throw(reader: Reader, opcode: Opcode, at: number): void {
    this.#isLeaf = false;
    this.#endsElsewhere = true;
    this.#flow.leave(at);
    if (opcode === THROW) this.#bulk.throw(reader, at);
    else if (opcode === RETHROW) this.#flow.rethrow(reader);
  }

  #tailCall(reader: Reader, opcode: Opcode, at: number): void {
    this.#isLeaf = false;
    this.#endsElsewhere = true;
    if (opcode === RETURN_CALL) {
      const callee = reader.u32();
      this.#payFor(callee, at);
      this.#directCalls.push(callee);
    } else {
      this.#unknownCalls++;
      skipImmediates(reader, opcode);
    }
    this.#flow.leave(at);
  }

  #call(reader: Reader, opcode: Opcode, at: number): void {
    const { importedFunctions, isProfiled } = this.#outline;
    const { callSites, quiet, costs } = this.#callees;
    this.#isLeaf = false;
    let isImport = false;
    if (opcode === CALL) {
      const callee = reader.u32();
      isImport = callee < importedFunctions;
      callSites[callee]++;
      if (quiet[callee] === 1) {
        this.#shorten(at);
        if (isProfiled) this.#flow.edits.add(at, Kind.Quiet, costs[callee]);
        return this.#flow.spend(costs[callee]);
      }
      // Without loops the counter is always in the global, so the segment may go on after the call.
      if (this.#payFor(callee, at) && this.#isLoopFree) return;
      this.#directCalls.push(callee);
    } else {
      this.#unknownCalls++;
      skipImmediates(reader, opcode);
    }
    this.#flow.flush(at);
    // The host may have called the guest in turn, however deep, so those who return have their debts looked at.
    const checks = isImport || this.#isHeavy;
    this.#flow.reload(reader.pos, checks ? Kind.ReloadCheck : Kind.Reload);
  }

  /** Pays for entering a callee, unless that does so itself. Such a callee does not check either, so who pays does. */
  #payFor(callee: number, at: number): boolean {
    const { costs, checked } = this.#callees;
    if (costs[callee] === 0 || this.#flow.isDead) return false;
    this.#shorten(at);
    const { segments, edits } = this.#flow;
    segments.pay(costs[callee]);
    const { taker } = segments;
    // Without loops, what a segment pays for callees is taken at its beginning, so one look is enough.
    if (checked[callee] === 1 && !(this.#isLoopFree && taker === this.#checkedTaker)) {
      this.#checkedTaker = taker;
      edits.add(at, Kind.Check);
    }
    return true;
  }

  /** Ends a segment that has become long, and has the counter looked at. */
  #shorten(at: number): void {
    const { segments, edits } = this.#flow;
    if (segments.own + segments.paid <= LONG) return;
    segments.cut(at, Kind.Charge);
    edits.add(at, Kind.Check);
  }
}
