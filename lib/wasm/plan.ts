/**
 * Decides, for one function body, what fuel to take where: one scan from front to back, no wasm is run and nothing is written.
 *
 * @module
 */

import { exceptionBytes, readAllocation } from "./allocation.ts";
import type { Reader } from "./bytes.ts";
import { DEAD, LONG, Paths, SMALL_LEAF } from "./cost.ts";
import { Edits, Kind } from "./edits.ts";
import { Frame, Frames } from "./frames.ts";
import {
  CATCH_ALL,
  ONE_BYTE,
  type Opcode,
  PREFIXED,
  readOpcode,
  skipImmediate,
  skipImmediates,
  skipValueType,
} from "./opcodes.ts";
import { Segments } from "./segments.ts";
import type { Callees, Outline } from "./surroundings.ts";

/**
 * Where a function keeps the fuel that is left while it runs.
 *
 * - `entry`: no loops, so all of it, by the most expensive path, is taken from the global at entry.
 * - `local`: in a local, which is stored in the global before calls and exits and loaded after calls.
 * - `global`: in the global, always. For functions with loops whose exceptions may arrive with the local out of date.
 */
export type Counter = "entry" | "local" | "global";

/** What {@linkcode Planner.plan} found out about a body. It is the planner's own and valid until its next plan. */
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

const MEMORY_GROW = ONE_BYTE[0x40];
const TABLE_GROW = PREFIXED.get(0xfc)![15];
const CALL = ONE_BYTE[0x10];
const RETURN_CALL = ONE_BYTE[0x12];
const THROW = ONE_BYTE[0x08];
/** No edit, and not the function's entry either. */
const NONE = -2;

/** Plans one body after another. */
export class Planner {
  readonly #outline: Outline;
  readonly #callees: Callees;
  readonly #paths = new Paths();
  readonly #edits = new Edits();
  readonly #frames = new Frames();
  /** By frame: the frames to which a try_table's catch clauses branch. */
  readonly #landings: number[][] = [];
  readonly #segments = new Segments(this.#edits);
  #hasLoops = false;
  #hasTries = false;
  #touchesCounter = false;
  #isLeaf = true;
  #isLoopFree = false;
  #isHeavy = false;
  /** The last edit of which the segment has a look at the counter. */
  #checkedTaker = NONE;
  #unknownCalls = 0;
  #endsElsewhere = false;
  #directCalls: number[] = [];
  /** Whether any body that was planned so far allocates what is to be counted. */
  allocates = false;

  /** Plans bodies of a module. */
  constructor(outline: Outline, callees: Callees) {
    this.#outline = outline;
    this.#callees = callees;
  }

  /**
   * Plans the body that `reader` is at: its locals, then its instructions up to the reader's end.
   *
   * @param self Index of the function.
   * @throws {LoadError} `wasm_unsupported` for an opcode that is not in the table.
   */
  plan(reader: Reader, self: number): Plan {
    this.#isLoopFree = this.#callees.loopFree[self] === 1;
    this.#isHeavy = this.#callees.heavy[self] === 1;
    this.#checkedTaker = NONE;
    this.#unknownCalls = 0;
    this.#endsElsewhere = false;
    this.#directCalls = [];
    this.#edits.count = 0;
    this.#paths.reset();
    this.#segments.reset();
    this.#hasLoops = this.#hasTries = this.#touchesCounter = false;
    this.#isLeaf = true;

    const start = reader.pos;
    const groups = reader.count(2);
    let localCount = 0;
    for (let left = groups; left > 0; left--) {
      localCount += reader.u32();
      skipValueType(reader);
    }
    const locals = { start, end: reader.pos, groups };

    while (!reader.done) this.#operator(reader);
    this.#segments.finish(this.#hasLoops);
    const cost = this.#paths.worst;
    const isLoopFree = !this.#hasLoops && cost <= LONG;
    return {
      counter: isLoopFree ? "entry" : this.#hasTries ? "global" : "local",
      entryCost: isLoopFree ? cost : this.#segments.entryOwn,
      entryPaid: this.#segments.entryPaid,
      cost,
      isQuiet: this.#isLeaf && isLoopFree && !this.#touchesCounter && cost <= SMALL_LEAF,
      directCalls: this.#directCalls,
      unknownCalls: this.#unknownCalls,
      endsElsewhere: this.#endsElsewhere,
      locals,
      localCount,
      edits: this.#edits,
    };
  }

  #operator(reader: Reader): void {
    const at = reader.pos;
    const opcode = readOpcode(reader);
    if (opcode.control === undefined) {
      this.#spend(opcode.cost);
      return this.#plain(reader, opcode, at);
    }
    const paths = this.#paths;
    switch (opcode.control) {
      case "block":
        skipValueType(reader);
        return this.#open(Frame.Block);
      case "loop": {
        const hasParams = this.#skipBlockType(reader);
        this.#hasLoops = true;
        // JavaScriptCore counts some labels wrong where nothing is reached, so there they stay as they are.
        if (paths.here === DEAD) return this.#open(Frame.Block);
        this.#edits.add(at, hasParams ? Kind.ParamLoop : Kind.OuterLoop, reader.pos - at);
        this.#open(hasParams ? Frame.ParamLoop : Frame.Loop);
        return this.#segments.cut(reader.pos, Kind.LoopHead);
      }
      case "if":
        this.#spend(opcode.cost);
        skipValueType(reader);
        this.#open(Frame.If);
        return this.#segments.begin(paths.top, reader.pos, Kind.Charge);
      case "else":
        this.#fallOut();
        paths.otherwise();
        this.#frames.hasElse(paths.top);
        return this.#segments.otherwise(paths.top, reader.pos, Kind.Charge);
      case "end":
        return this.#end(reader, at);
      case "try":
        this.#spend(opcode.cost);
        skipValueType(reader);
        return this.#openTry(Frame.Try);
      case "try_table":
        this.#spend(opcode.cost);
        skipValueType(reader);
        return this.#tryTable(reader);
      case "catch":
      case "catch_all":
        this.#fallOut();
        paths.land();
        skipImmediates(reader, opcode);
        this.#segments.cut(reader.pos, Kind.Charge);
        this.#checkIfHeavy(reader.pos);
        return this.#spend(opcode.cost);
      case "delegate":
        this.#spend(opcode.cost);
        this.#label(reader, paths.top - 1);
        return this.#close(reader, false);
      case "br":
        this.#spend(opcode.cost);
        this.#branch(reader, at);
        return paths.die();
      case "br_if":
      case "br_on":
        this.#spend(opcode.cost);
        return this.#branchIf(reader, opcode, at);
      case "br_table":
        this.#spend(opcode.cost);
        return this.#branchTable(reader, at);
      case "tail_call":
        this.#isLeaf = false;
        this.#endsElsewhere = true;
        this.#spend(opcode.cost);
        if (opcode === RETURN_CALL) {
          const callee = reader.u32();
          this.#payFor(callee, at);
          this.#directCalls.push(callee);
        } else {
          this.#unknownCalls++;
          skipImmediates(reader, opcode);
        }
        return this.#leave(at);
      case "return":
        this.#spend(opcode.cost);
        return this.#leave(at);
      case "throw":
        this.#isLeaf = false;
        this.#endsElsewhere = true;
        this.#spend(opcode.cost);
        this.#leave(at);
        if (opcode === THROW) this.#countException(reader, at);
        else if (opcode.immediates[0] === "label") this.#label(reader, paths.top);
        return;
      case "unreachable":
        return paths.die();
      case "call":
        this.#spend(opcode.cost);
        return this.#call(reader, opcode, at);
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

  /** An instruction that does not move control. */
  #plain(reader: Reader, opcode: Opcode, at: number): void {
    if (opcode.bulk) return this.#bulk(reader, opcode, at);
    if (opcode.allocates) return this.#allocate(reader, opcode, at);
    if (opcode === MEMORY_GROW) {
      const wide = this.#outline.wideMemories[reader.u32()];
      this.#edits.add(reader.pos, Kind.Grown, wide ? 1 : 0);
      this.#callAfterGrowth(reader.pos);
    } else {
      skipImmediates(reader, opcode);
    }
  }

  #bulk(reader: Reader, opcode: Opcode, at: number): void {
    const wide = !opcode.allocates && this.#hasWideLength(reader, opcode);
    this.#touchesCounter = true;
    this.#edits.add(at, Kind.Flush);
    this.#edits.add(at, Kind.Bulk, wide ? 1 : 0);
    if (opcode.allocates) this.#allocate(reader, opcode, at);
    this.#segments.branch(this.#paths.top, -1);
    this.#segments.cut(at, Kind.Reload);
    if (opcode === TABLE_GROW) this.#callAfterGrowth(reader.pos);
  }

  /** Growing takes some engines long, the more so the more there is, which fuel does not tell. */
  #callAfterGrowth(at: number): void {
    if (!this.#outline.callsAfterGrowth) return;
    this.#touchesCounter = true;
    this.#edits.add(at, Kind.Flush);
    this.#edits.add(at, Kind.Call);
    this.#segments.branch(this.#paths.top, -1);
    this.#segments.cut(at, Kind.Reload);
  }

  /** What is allocated is no segment's concern: it is counted where it happens, and apart from fuel. */
  #allocate(reader: Reader, opcode: Opcode, at: number): void {
    const { counted } = this.#outline;
    if (counted === undefined) return skipImmediates(reader, opcode);
    this.allocates = true;
    this.#edits.add(at, Kind.Allocate, readAllocation(reader, opcode, counted.types));
  }

  #countException(reader: Reader, at: number): void {
    const { counted } = this.#outline;
    const tag = reader.u32();
    const bytes = counted === undefined ? 0 : exceptionBytes(counted, tag);
    if (bytes === 0) return;
    this.allocates = true;
    this.#edits.add(at, Kind.Allocate, bytes);
  }

  /** Whether the length that the bulk operator takes has 64 bits. A length in two address spaces is as wide as the narrower. */
  #hasWideLength(reader: Reader, opcode: Opcode): boolean {
    const first = reader.u32();
    const second = opcode.immediates.length > 1 ? reader.u32() : first;
    const { wideMemories, wideTables } = this.#outline;
    switch (opcode.name) {
      case "memory.fill":
      case "memory.copy":
        return wideMemories[first] && wideMemories[second];
      case "table.fill":
      case "table.grow":
      case "table.copy":
        return wideTables[first] && wideTables[second];
      default:
        return false;
    }
  }

  /** The function is left at `at`. */
  #leave(at: number): void {
    this.#edits.add(at, Kind.Flush);
    this.#segments.branch(this.#paths.top, 0);
    this.#paths.die();
  }

  #call(reader: Reader, opcode: Opcode, at: number): void {
    this.#isLeaf = false;
    let isImport = false;
    if (opcode === CALL) {
      const callee = reader.u32();
      isImport = callee < this.#outline.importedFunctions;
      this.#callees.callSites[callee]++;
      if (this.#callees.quiet[callee] === 1) {
        this.#shorten(at);
        const cost = this.#callees.costs[callee];
        if (this.#outline.isProfiled) this.#edits.add(at, Kind.Quiet, cost);
        return this.#spend(cost);
      }
      // Without loops the counter is always in the global, so the segment may go on after the call.
      if (this.#payFor(callee, at) && this.#isLoopFree) return;
      this.#directCalls.push(callee);
    } else {
      this.#unknownCalls++;
      skipImmediates(reader, opcode);
    }
    this.#edits.add(at, Kind.Flush);
    this.#segments.branch(this.#paths.top, -1);
    // The host may have called the guest in turn, however deep, so those who return have their debts looked at.
    const checks = isImport || this.#isHeavy;
    this.#segments.cut(reader.pos, checks ? Kind.ReloadCheck : Kind.Reload);
  }

  /** Pays for entering a callee, unless that does so itself. Such a callee does not check either, so who pays does. */
  #payFor(callee: number, at: number): boolean {
    const { costs, checked } = this.#callees;
    if (costs[callee] === 0 || this.#paths.here === DEAD) return false;
    this.#shorten(at);
    this.#segments.pay(costs[callee]);
    const { taker } = this.#segments;
    // Without loops, what a segment pays for callees is taken at its beginning, so one look is enough.
    if (checked[callee] === 1 && !(this.#isLoopFree && taker === this.#checkedTaker)) {
      this.#checkedTaker = taker;
      this.#edits.add(at, Kind.Check);
    }
    return true;
  }

  /** Ends a segment that has become long, and has the counter looked at. */
  #shorten(at: number): void {
    if (this.#segments.own + this.#segments.paid <= LONG) return;
    this.#segments.cut(at, Kind.Charge);
    this.#edits.add(at, Kind.Check);
  }

  #checkIfHeavy(at: number): void {
    if (this.#isHeavy) this.#edits.add(at, Kind.Check);
  }

  #end(reader: Reader, at: number): void {
    const { top } = this.#paths;
    switch (this.#frames.kind(top)) {
      case Frame.Function:
        if (this.#paths.here !== DEAD) this.#edits.add(at, Kind.Flush);
        this.#paths.close(false);
        return;
      case Frame.Loop:
      case Frame.ParamLoop:
        this.#edits.add(
          reader.pos,
          this.#frames.kind(top) === Frame.Loop ? Kind.OuterEnd : Kind.ParamEnd,
        );
        // Branches to a loop go to its head, so nothing but what falls through comes out.
        this.#paths.close(false);
        if (this.#segments.close(top)) this.#segments.resume(top);
        return;
      case Frame.TryTable: {
        const peak = this.#paths.peak();
        for (const frame of this.#landings[top]) {
          this.#segments.branch(top, frame);
          this.#segments.pin(frame);
          if (!this.#frames.isLoop(frame)) this.#paths.branch(frame, peak);
        }
        return this.#close(reader, false);
      }
      default:
        return this.#close(reader, this.#frames.kind(top) === Frame.If);
    }
  }

  /** Closes a frame with a label at its end, where paths may meet. */
  #close(reader: Reader, skippable: boolean): void {
    const frame = this.#paths.top;
    this.#fallOut();
    if (skippable) this.#segments.passOver(frame);
    const joined = this.#paths.close(skippable);
    const whole = this.#segments.close(frame);
    if (!joined) return;
    if (whole) return this.#segments.resume(frame);
    this.#segments.join(frame, reader.pos, Kind.Charge);
    // Where there are tries, an exception may have come here instead of a call's return.
    if (this.#hasTries) this.#checkIfHeavy(reader.pos);
  }

  /** What runs up to here, if anything does, goes on after the end of the open frame. */
  #fallOut(): void {
    if (this.#paths.here !== DEAD) this.#segments.lead(this.#paths.top);
  }

  #open(kind: number): void {
    this.#paths.open(kind === Frame.Try || kind === Frame.TryTable);
    const { top } = this.#paths;
    this.#segments.open(top);
    this.#frames.open(top, kind);
  }

  #openTry(kind: number): void {
    this.#hasTries = true;
    this.#isLeaf = false;
    this.#open(kind);
  }

  #tryTable(reader: Reader): void {
    // The labels of the clauses are counted from outside the try_table.
    const from = this.#paths.top;
    const targets: number[] = [];
    for (let left = reader.count(2); left > 0; left--) {
      if (reader.u8() < CATCH_ALL) skipImmediate(reader, "index");
      targets.push(this.#label(reader, from));
    }
    this.#openTry(Frame.TryTable);
    this.#landings[this.#paths.top] = targets;
  }

  /** Reads a label, renumbers it if added ones come in between, and answers the frame that it names, seen from `from`. */
  #label(reader: Reader, from: number): number {
    const at = reader.pos;
    const label = reader.u32();
    const frame = Math.max(from - label, 0);
    const added = this.#frames.addedBetween(from, frame);
    if (added > 0) this.#edits.add(at, Kind.Label, label + added, reader.pos - at);
    return frame;
  }

  /** Reads a label and branches to it; answers the frame. A branch to the function's own label is a return. */
  #branch(reader: Reader, at: number): number {
    const { top } = this.#paths;
    const start = reader.pos;
    if (reader.u32() === top) this.#edits.add(at, Kind.Flush);
    reader.pos = start;
    const frame = this.#label(reader, top);
    this.#arrive(frame);
    return frame;
  }

  /** A path from here leads to the label of `frame`; at a loop's it goes back, which is no way forward. */
  #arrive(frame: number): void {
    this.#segments.branch(this.#paths.top, frame);
    if (this.#frames.isLoop(frame) || this.#paths.here === DEAD) return;
    this.#paths.branch(frame);
    this.#segments.lead(frame);
  }

  #branchIf(reader: Reader, opcode: Opcode, at: number): void {
    let frame = 0;
    for (const immediate of opcode.immediates) {
      if (immediate === "label") frame = this.#branch(reader, at);
      else skipImmediate(reader, immediate);
    }
    this.#segments.cut(reader.pos, Kind.Charge);
    if (this.#paths.here !== DEAD && !this.#frames.isLoop(frame)) this.#segments.stay(frame);
  }

  #branchTable(reader: Reader, at: number): void {
    const { top } = this.#paths;
    const count = reader.count() + 1;
    const start = reader.pos;
    let returns = false;
    for (let left = count; left > 0; left--) if (reader.u32() === top) returns = true;
    if (returns) this.#edits.add(at, Kind.Flush);
    reader.pos = start;
    for (let left = count; left > 0; left--) {
      const frame = this.#label(reader, top);
      this.#arrive(frame);
      this.#segments.pin(frame);
    }
    this.#paths.die();
  }

  /** Adds to the open segment and to the path, where the code is reachable. */
  #spend(cost: number): void {
    if (this.#paths.here === DEAD) return;
    this.#paths.here += cost;
    this.#segments.spend(cost);
  }
}
