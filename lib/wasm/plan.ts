/**
 * Decides, for one function body, what fuel to take where: one scan from front to back, no wasm is run and nothing is written.
 *
 * @module
 */

import type { Reader } from "./bytes.ts";
import { DEAD, Paths, SMALL_LEAF } from "./cost.ts";
import { Edits, Kind } from "./edits.ts";
import {
  CATCH_ALL,
  ONE_BYTE,
  type Opcode,
  readOpcode,
  skipImmediate,
  skipImmediates,
  skipValueType,
} from "./opcodes.ts";

import { Segments } from "./segments.ts";

/** What a plan needs to know of the rest of the module. */
export interface Surroundings {
  /** By function index: units that entering it costs where its callers pay for that; 0 where it pays itself. */
  readonly calleeCosts: Int32Array;
  /** By function index: how many direct calls were planned so far, counted here. */
  readonly callSites: Uint32Array;
  /** By function index: 1 for a small leaf that callers pay for, which neither reads nor writes the counter. */
  readonly quiet: Uint8Array;
  /** By memory index: whether its addresses have 64 bits. */
  readonly wideMemories: readonly boolean[];
  /** By table index: whether its indices have 64 bits. */
  readonly wideTables: readonly boolean[];
}

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
  /** Whether it has to look at the counter at entry: not if it calls nothing and, its loops aside, costs little. */
  readonly checksEntry: boolean;
  /** Whether it is a small leaf: neither calls nor loops nor has any other reason to touch the counter but to pay for itself. */
  readonly isQuiet: boolean;
  /** Offset of the number of groups of locals, and offset after the last group. */
  readonly locals: { readonly start: number; readonly end: number; readonly groups: number };
  /** How many locals are declared. */
  readonly localCount: number;
  /** What to insert. */
  readonly edits: Edits;
}

const MEMORY_GROW = ONE_BYTE[0x40];
const CALL = ONE_BYTE[0x10];
const RETURN_CALL = ONE_BYTE[0x12];

/** By frame: what kind of construct is open. */
const FUNCTION = 0, BLOCK = 1, LOOP = 2, IF = 3, TRY = 4, TRY_TABLE = 5;

/** Plans one body after another. */
export class Planner {
  readonly #surroundings: Surroundings;
  readonly #paths = new Paths();
  readonly #edits = new Edits();
  /** By frame: FUNCTION to TRY_TABLE. */
  readonly #kinds: number[] = [FUNCTION];
  /** By frame: how many loops are open, it included; each has an outer loop around it. */
  readonly #loops: number[] = [0];
  /** By frame: the frames to which a try_table's catch clauses branch. */
  readonly #landings: number[][] = [];
  readonly #segments = new Segments(this.#edits);
  #hasLoops = false;
  #hasTries = false;
  #hasBulk = false;
  #isLeaf = true;

  /** Plans bodies of the module with those surroundings. */
  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * Plans the body that `reader` is at: its locals, then its instructions up to the reader's end.
   *
   * @throws {LoadError} `wasm_unsupported` for an opcode that is not in the table.
   */
  plan(reader: Reader): Plan {
    this.#edits.count = 0;
    this.#paths.reset();
    this.#segments.reset();
    this.#hasLoops = this.#hasTries = this.#hasBulk = false;
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
    this.#segments.settle();
    const cost = this.#paths.worst;
    return {
      counter: !this.#hasLoops ? "entry" : this.#hasTries ? "global" : "local",
      entryCost: this.#hasLoops ? this.#segments.entryOwn : cost,
      entryPaid: this.#segments.entryPaid,
      checksEntry: !this.#isLeaf || cost > SMALL_LEAF,
      isQuiet: this.#isLeaf && !this.#hasLoops && !this.#hasBulk && cost <= SMALL_LEAF,
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
        return this.#open(BLOCK);
      case "loop":
        skipValueType(reader);
        this.#hasLoops = true;
        this.#edits.add(at, Kind.OuterLoop, reader.pos - at);
        this.#open(LOOP);
        return this.#segments.cut(reader.pos, Kind.LoopHead);
      case "if":
        this.#spend(opcode.cost);
        skipValueType(reader);
        this.#open(IF);
        return this.#segments.cut(reader.pos, Kind.Charge);
      case "else":
        paths.otherwise();
        this.#kinds[paths.top] = BLOCK;
        return this.#segments.cut(reader.pos, Kind.Charge);
      case "end":
        return this.#end(reader, at);
      case "try":
        this.#spend(opcode.cost);
        skipValueType(reader);
        return this.#openTry(TRY);
      case "try_table":
        this.#spend(opcode.cost);
        skipValueType(reader);
        return this.#tryTable(reader);
      case "catch":
      case "catch_all":
        paths.land();
        skipImmediates(reader, opcode);
        this.#segments.cut(reader.pos, Kind.Charge);
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
        this.#spend(opcode.cost);
        if (opcode === RETURN_CALL) this.#payFor(reader.u32(), at);
        else skipImmediates(reader, opcode);
        return this.#leave(at);
      case "return":
        this.#spend(opcode.cost);
        return this.#leave(at);
      case "throw":
        this.#isLeaf = false;
        this.#spend(opcode.cost);
        if (opcode.immediates[0] === "label") this.#label(reader, paths.top);
        else skipImmediates(reader, opcode);
        return this.#leave(at);
      case "unreachable":
        return paths.die();
      case "call":
        this.#spend(opcode.cost);
        return this.#call(reader, opcode, at);
    }
  }

  /** An instruction that does not move control. */
  #plain(reader: Reader, opcode: Opcode, at: number): void {
    if (opcode.bulk) {
      const wide = this.#hasWideLength(reader, opcode);
      this.#hasBulk = true;
      this.#edits.add(at, Kind.Flush);
      this.#edits.add(at, Kind.Bulk, wide ? 1 : 0);
      this.#segments.branch(this.#paths.top, -1);
      return this.#segments.cut(at, Kind.Reload);
    }
    if (opcode === MEMORY_GROW) {
      const wide = this.#surroundings.wideMemories[reader.u32()];
      this.#edits.add(reader.pos, Kind.Grown, wide ? 1 : 0);
    } else {
      skipImmediates(reader, opcode);
    }
  }

  /** Whether the length that the bulk operator takes has 64 bits. A length in two address spaces is as wide as the narrower. */
  #hasWideLength(reader: Reader, opcode: Opcode): boolean {
    const first = reader.u32();
    const second = opcode.immediates.length > 1 ? reader.u32() : first;
    const { wideMemories, wideTables } = this.#surroundings;
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
    if (opcode === CALL) {
      const callee = reader.u32();
      this.#surroundings.callSites[callee]++;
      if (this.#surroundings.quiet[callee] === 1) {
        return this.#spend(this.#surroundings.calleeCosts[callee]);
      }
      this.#payFor(callee, at);
      if (this.flat && this.#surroundings.calleeCosts[callee] > 0) return;
    } else {
      skipImmediates(reader, opcode);
    }
    this.#edits.add(at, Kind.Flush);
    this.#segments.branch(this.#paths.top, -1);
    this.#segments.cut(reader.pos, Kind.Reload);
  }

  /** Pays for entering a callee, if that does not do so itself; such callees do not check, so who pays does. */
  #payFor(callee: number, at: number): void {
    const cost = this.#surroundings.calleeCosts[callee];
    if (cost === 0 || this.#paths.here === DEAD) return;
    if (!this.flat || !this.#segments.pays) this.#edits.add(at, Kind.Check);
    this.#segments.pay(cost);
  }
  flat = false;

  #end(reader: Reader, at: number): void {
    const { top } = this.#paths;
    switch (this.#kinds[top]) {
      case FUNCTION:
        if (this.#paths.here !== DEAD) this.#edits.add(at, Kind.Flush);
        this.#paths.close(false);
        return;
      case LOOP:
        this.#edits.add(at, Kind.OuterEnd);
        // Branches to a loop go to its head, so nothing but what falls through comes out.
        this.#paths.close(false);
        if (this.#segments.close(top)) this.#segments.resume(top);
        return;
      case TRY_TABLE: {
        const peak = this.#paths.peak();
        for (const frame of this.#landings[top]) {
          this.#segments.branch(top, frame);
          this.#paths.branch(frame, peak);
        }
        return this.#close(reader, false);
      }
      default:
        return this.#close(reader, this.#kinds[top] === IF);
    }
  }

  /** Closes a frame with a label at its end, where paths may meet. */
  #close(reader: Reader, skippable: boolean): void {
    const frame = this.#paths.top;
    const joined = this.#paths.close(skippable);
    const whole = this.#segments.close(frame);
    if (!joined) return;
    if (whole) this.#segments.resume(frame);
    else this.#segments.cut(reader.pos, Kind.Charge);
  }

  #open(kind: number): void {
    const outer = this.#paths.top;
    this.#paths.open(kind === TRY || kind === TRY_TABLE);
    this.#segments.open(outer + 1);
    this.#kinds[outer + 1] = kind;
    this.#loops[outer + 1] = this.#loops[outer] + (kind === LOOP ? 1 : 0);
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
    this.#openTry(TRY_TABLE);
    this.#landings[this.#paths.top] = targets;
  }

  /** Reads a label, renumbers it if outer loops come in between, and answers the frame that it names, seen from `from`. */
  #label(reader: Reader, from: number): number {
    const at = reader.pos;
    const label = reader.u32();
    const frame = Math.max(from - label, 0);
    const added = this.#loops[from] - this.#loops[frame];
    if (added > 0) this.#edits.add(at, Kind.Label, label + added, reader.pos - at);
    return frame;
  }

  /** Reads a label and branches to it. A branch to the function's own label is a return. */
  #branch(reader: Reader, at: number): void {
    const { top } = this.#paths;
    const start = reader.pos;
    if (reader.u32() === top) this.#edits.add(at, Kind.Flush);
    reader.pos = start;
    this.#arrive(this.#label(reader, top));
  }

  /** A path from here leads to the label of `frame`; at a loop's it goes back, which is no way forward. */
  #arrive(frame: number): void {
    this.#segments.branch(this.#paths.top, frame);
    if (this.#kinds[frame] !== LOOP) this.#paths.branch(frame);
  }

  #branchIf(reader: Reader, opcode: Opcode, at: number): void {
    for (const immediate of opcode.immediates) {
      if (immediate === "label") this.#branch(reader, at);
      else skipImmediate(reader, immediate);
    }
    this.#segments.cut(reader.pos, Kind.Charge);
  }

  #branchTable(reader: Reader, at: number): void {
    const { top } = this.#paths;
    const count = reader.count() + 1;
    const start = reader.pos;
    let returns = false;
    for (let left = count; left > 0; left--) if (reader.u32() === top) returns = true;
    if (returns) this.#edits.add(at, Kind.Flush);
    reader.pos = start;
    for (let left = count; left > 0; left--) this.#arrive(this.#label(reader, top));
    this.#paths.die();
  }

  /** Adds to the open segment and to the path, where the code is reachable. */
  #spend(cost: number): void {
    if (this.#paths.here === DEAD) return;
    this.#paths.here += cost;
    this.#segments.spend(cost);
  }
}
