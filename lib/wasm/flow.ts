/**
 * Where control goes in a body, while it is scanned once from front to back: which constructs are open, which paths and segments
 * lead through them, and which labels are to be renumbered.
 *
 * @module
 */

import type { Reader } from "./bytes.ts";
import { DEAD, Paths } from "./cost.ts";
import { Edits, Kind } from "./edits.ts";
import { Frame, Frames } from "./frames.ts";
import { CATCH_ALL, type Opcode, skipImmediate } from "./opcodes.ts";
import { Segments } from "./segments.ts";

/** The control flow of one body after another. */
export class Flow {
  readonly #paths = new Paths();
  readonly #frames = new Frames();
  /** By frame: the frames to which a try_table's catch clauses branch. */
  readonly #landings: number[][] = [];
  #isHeavy = false;
  /** What to insert. */
  readonly edits: Edits = new Edits();
  /** What runs as a whole. */
  readonly segments: Segments = new Segments(this.edits);
  /** Whether there was a loop. */
  hasLoops = false;
  /** Whether there was a try. */
  hasTries = false;

  /** Starts a body; `isHeavy` says that it looks at the counter wherever it goes on after an exception. */
  reset(isHeavy: boolean): void {
    this.#isHeavy = isHeavy;
    this.hasLoops = this.hasTries = false;
    this.edits.count = 0;
    this.#paths.reset();
    this.segments.reset();
  }

  /** Whether nothing leads here. */
  get isDead(): boolean {
    return this.#paths.here === DEAD;
  }

  /** Units of the most expensive path of all that have ended. */
  get cost(): number {
    return this.#paths.worst;
  }

  /** Adds to the open segment and to the path, where the code is reachable. */
  spend(cost: number): void {
    if (this.isDead) return;
    this.#paths.here += cost;
    this.segments.spend(cost);
  }

  /** Others will read the counter at `at`. */
  flush(at: number): void {
    this.edits.add(at, Kind.Flush);
  }

  /** The counter may have changed at `at`, where an edit of `kind` loads it; nobody pays ahead for what follows. */
  reload(at: number, kind: number): void {
    this.segments.branch(this.#paths.top, -1);
    this.segments.cut(at, kind);
  }

  /** Nothing goes on from here. */
  die(): void {
    this.#paths.die();
  }

  /** The function is left at `at`. */
  leave(at: number): void {
    this.flush(at);
    this.segments.branch(this.#paths.top, 0);
    this.#paths.die();
  }

  /** Opens a frame of that kind, neither a loop nor a try. */
  open(kind: number): void {
    this.#open(kind, false);
  }

  /** Opens a loop, of which the opcode is at `at` and the body where `reader` is. */
  loop(reader: Reader, at: number, hasParams: boolean): void {
    this.hasLoops = true;
    // JavaScriptCore counts some labels wrong where nothing is reached, so there they stay as they are.
    if (this.isDead) return this.open(Frame.Block);
    this.edits.add(at, hasParams ? Kind.ParamLoop : Kind.OuterLoop, reader.pos - at);
    this.open(hasParams ? Frame.ParamLoop : Frame.Loop);
    this.segments.cut(reader.pos, Kind.LoopHead);
  }

  /** Opens an `if`, of which the body begins at `at`. */
  fork(at: number): void {
    this.open(Frame.If);
    this.segments.begin(this.#paths.top, at, Kind.Charge);
  }

  /** `else`: the second arm of the open `if` begins at `at`. */
  otherwise(at: number): void {
    const { top } = this.#paths;
    this.#fallOut();
    this.#paths.otherwise();
    this.#frames.hasElse(top);
    this.segments.otherwise(top, at, Kind.Charge);
  }

  /** Opens a `try`. */
  try(): void {
    this.hasTries = true;
    this.#open(Frame.Try, true);
  }

  /** Opens a `try_table`, of which `reader` is at the catch clauses. */
  tryTable(reader: Reader): void {
    // The labels of the clauses are counted from outside the try_table.
    const from = this.#paths.top;
    const targets: number[] = [];
    for (let left = reader.count(2); left > 0; left--) {
      if (reader.u8() < CATCH_ALL) skipImmediate(reader, "index");
      targets.push(this.#label(reader, from));
    }
    this.hasTries = true;
    this.#open(Frame.TryTable, true);
    this.#landings[this.#paths.top] = targets;
  }

  /** `catch`, which costs so much: a handler of the open try begins at `at`. */
  land(at: number, cost: number): void {
    this.#fallOut();
    this.#paths.land();
    this.segments.cut(at, Kind.Charge);
    this.#checkIfHeavy(at);
    this.spend(cost);
  }

  /** `delegate`, with `reader` at its label: closes the open try. */
  delegate(reader: Reader): void {
    this.#label(reader, this.#paths.top - 1);
    this.#close(reader, false);
  }

  /** `rethrow`, with `reader` at its label, after the function was left. */
  rethrow(reader: Reader): void {
    this.#label(reader, this.#paths.top);
  }

  /** `end` at `at`: closes the open frame. */
  end(reader: Reader, at: number): void {
    const { top } = this.#paths;
    const kind = this.#frames.kind(top);
    switch (kind) {
      case Frame.Function:
        if (!this.isDead) this.flush(at);
        this.#paths.close(false);
        return;
      case Frame.Loop:
      case Frame.ParamLoop:
        this.edits.add(reader.pos, kind === Frame.Loop ? Kind.OuterEnd : Kind.ParamEnd);
        // Branches to a loop go to its head, so nothing but what falls through comes out.
        this.#paths.close(false);
        if (this.segments.close(top)) this.segments.resume(top);
        return;
      case Frame.TryTable: {
        const peak = this.#paths.peak();
        for (const frame of this.#landings[top]) {
          this.segments.branch(top, frame);
          this.segments.pin(frame);
          if (!this.#frames.isLoop(frame)) this.#paths.branch(frame, peak);
        }
        return this.#close(reader, false);
      }
      default:
        return this.#close(reader, kind === Frame.If);
    }
  }

  /** `br` at `at`, with `reader` at its label. */
  branch(reader: Reader, at: number): void {
    this.#branch(reader, at);
    this.#paths.die();
  }

  /** A branch at `at` that may not be taken, with `reader` at its immediates. */
  branchIf(reader: Reader, opcode: Opcode, at: number): void {
    let frame = 0;
    for (const immediate of opcode.immediates) {
      if (immediate === "label") frame = this.#branch(reader, at);
      else skipImmediate(reader, immediate);
    }
    this.segments.cut(reader.pos, Kind.Charge);
    if (!this.isDead && !this.#frames.isLoop(frame)) this.segments.stay(frame);
  }

  /** `br_table` at `at`, with `reader` at its labels. */
  branchTable(reader: Reader, at: number): void {
    const { top } = this.#paths;
    const count = reader.count() + 1;
    const start = reader.pos;
    let returns = false;
    for (let left = count; left > 0; left--) if (reader.u32() === top) returns = true;
    if (returns) this.flush(at);
    reader.pos = start;
    for (let left = count; left > 0; left--) {
      const frame = this.#label(reader, top);
      this.#arrive(frame);
      this.segments.pin(frame);
    }
    this.#paths.die();
  }

  #open(kind: number, isTry: boolean): void {
    this.#paths.open(isTry);
    const { top } = this.#paths;
    this.segments.open(top);
    this.#frames.open(top, kind);
  }

  /** Closes a frame with a label at its end, where paths may meet. */
  #close(reader: Reader, skippable: boolean): void {
    const frame = this.#paths.top;
    this.#fallOut();
    if (skippable) this.segments.passOver(frame);
    const joined = this.#paths.close(skippable);
    const whole = this.segments.close(frame);
    if (!joined) return;
    if (whole) return this.segments.resume(frame);
    this.segments.join(frame, reader.pos, Kind.Charge);
    // Where there are tries, an exception may have come here instead of a call's return.
    if (this.hasTries) this.#checkIfHeavy(reader.pos);
  }

  /** What runs up to here, if anything does, goes on after the end of the open frame. */
  #fallOut(): void {
    if (!this.isDead) this.segments.lead(this.#paths.top);
  }

  /** Reads a label and branches to it; answers the frame. A branch to the function's own label is a return. */
  #branch(reader: Reader, at: number): number {
    const { top } = this.#paths;
    const start = reader.pos;
    if (reader.u32() === top) this.flush(at);
    reader.pos = start;
    const frame = this.#label(reader, top);
    this.#arrive(frame);
    return frame;
  }

  /** A path from here leads to the label of `frame`; at a loop's it goes back, which is no way forward. */
  #arrive(frame: number): void {
    this.segments.branch(this.#paths.top, frame);
    if (this.#frames.isLoop(frame) || this.isDead) return;
    this.#paths.branch(frame);
    this.segments.lead(frame);
  }

  /** Reads a label, renumbers it if added ones come in between, and answers the frame that it names, seen from `from`. */
  #label(reader: Reader, from: number): number {
    const at = reader.pos;
    const label = reader.u32();
    const frame = Math.max(from - label, 0);
    const added = this.#frames.addedBetween(from, frame);
    if (added > 0) this.edits.add(at, Kind.Label, label + added, reader.pos - at);
    return frame;
  }

  #checkIfHeavy(at: number): void {
    if (this.#isHeavy) this.edits.add(at, Kind.Check);
  }
}
