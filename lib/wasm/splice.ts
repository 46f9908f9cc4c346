/**
 * Writes a function body with the edits of its plan. What is inserted, byte for byte, is decided here and only here.
 *
 * @module
 */

import type { Writer } from "./bytes.ts";
import { Kind } from "./edits.ts";
import type { Counter, Plan } from "./plan.ts";

/** Indices, in the metered module, of what injected code uses. */
export interface Runtime {
  /** Global, `mut i32`: the fuel left. */
  readonly fuel: number;
  /** Function `() -> ()`: calls the hook, traps if that says stop. */
  readonly refuel: number;
  /** Function `(i32) -> (i32)`: the same for a counter that is kept in a local. */
  readonly refuelLocal: number;
  /** Function `(i32) -> (i32)`: takes so many units, refuels when out of fuel, and answers the counter. */
  readonly reload: number;
  /** Functions `(i32) -> (i32)` and `(i64) -> (i64)`: take as many units as the operand says, and answer it. */
  readonly bulk: readonly [number, number];
  /** Functions `(i32) -> (i32)` and `(i64) -> (i64)`: note it if the operand, a `memory.grow` result, is -1, and answer it. */
  readonly grown: readonly [number, number];
  /** Function `(i64) -> ()`: takes as many bytes as it says from what may be allocated, and traps if there are not so many left. */
  readonly allocate: number;
  /** Function `(i32, i64) -> (i32)`: the same for an array, of its length and what an element takes; answers the length. */
  readonly allocateArray: number;
  /**
   * For a profile, functions `(i32, i32) -> ()`: the units of the second are burnt by the function of which the first is the index,
   * and `(i32, i32) -> (i32)` and `(i64, i32) -> (i64)`: as many as the first by that of the second; they answer the first.
   */
  readonly profile:
    | { readonly note: number; readonly noteBulk: readonly [number, number] }
    | undefined;
}

/** What is known of a function besides its plan. */
export interface Body {
  /** Its index. */
  readonly index: number;
  /** Offset after its last byte. */
  readonly end: number;
  /** Where to keep the counter: the plan's wish, or `global` where there is no room for a local. */
  readonly counter: Counter;
  /** Index of a local, after those of the function, for the counter. */
  readonly local: number;
  /** Whether its callers pay for entering it. */
  readonly isPaid: boolean;
  /** Whether it has to look at the counter when it is entered, unless its callers pay. */
  readonly isChecked: boolean;
}

const OP = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
  i64Const: 0x42,
  i32LtS: 0x48,
  i32Sub: 0x6b,
};
const I32 = 0x7f, NO_TYPE = 0x40;

/** Splices the bodies of one module. */
export class Splicer {
  readonly #source: Uint8Array;
  readonly #runtime: Runtime;
  #out!: Writer;
  #body!: Body;

  /** @param source The module, whose offsets the plans speak of. */
  constructor(source: Uint8Array, runtime: Runtime) {
    this.#source = source;
    this.#runtime = runtime;
  }

  /** Writes a body. */
  write(out: Writer, plan: Plan, body: Body): void {
    this.#out = out;
    this.#body = body;
    this.#locals(plan);
    this.#entry(plan);
    let from = plan.locals.end;
    const { count, at, kind, value, paid: forCallees, skip } = plan.edits;
    for (let i = 0; i < count; i++) {
      out.bytes(this.#source, from, at[i]);
      this.#insert(kind[i], value[i], forCallees[i], at[i]);
      from = at[i] + skip[i];
    }
    out.bytes(this.#source, from, body.end);
  }

  #locals({ locals }: Plan): void {
    const out = this.#out;
    if (this.#body.counter !== "local") return out.bytes(this.#source, locals.start, locals.end);
    const rest = locals.start + lebLength(this.#source, locals.start);
    out.u32(locals.groups + 1);
    out.bytes(this.#source, rest, locals.end);
    out.u8(1);
    out.u8(I32);
  }

  #entry({ entryCost, entryPaid }: Plan): void {
    const { counter, isPaid, isChecked } = this.#body;
    if (counter === "local") {
      const units = entryCost + entryPaid;
      if (isChecked) this.#reload(units);
      else this.#load(units);
    } else {
      this.#take((isPaid ? 0 : entryCost) + entryPaid);
      if (isChecked && !isPaid) this.#check();
    }
    this.#note(entryCost);
  }

  #insert(kind: number, value: number, paid: number, at: number): void {
    const out = this.#out;
    switch (kind) {
      case Kind.Charge:
        return this.#charge(value, paid);
      case Kind.OuterLoop:
        // A block and a loop of the loop's own type, and a block.
        out.u8(OP.block);
        out.bytes(this.#source, at + 1, at + value);
        out.bytes(this.#source, at, at + value);
        return out.bytes([OP.block, NO_TYPE]);
      case Kind.ParamLoop:
        out.bytes(this.#source, at, at + value);
        return this.#check();
      case Kind.LoopHead:
        this.#get();
        this.#isNegative();
        out.u8(OP.brIf);
        out.u8(1);
        return this.#charge(value, paid);
      case Kind.OuterEnd:
        // Where the loop is done, out of all; where its head has left it, refuel and go round.
        out.bytes([OP.br, 2, OP.end]);
        this.#refuel();
        return out.bytes([OP.br, 0, OP.end, OP.end]);
      case Kind.ParamEnd:
        return out.u8(OP.end);
      case Kind.Label:
        return out.u32(value);
      case Kind.Flush:
        if (this.#body.counter !== "local") return;
        this.#useLocal(OP.localGet);
        return this.#useGlobal(OP.globalSet);
      case Kind.Reload:
        if (this.#body.counter !== "local") return this.#charge(value, paid);
        this.#load(value + paid);
        return this.#note(value);
      case Kind.Check:
        return this.#check();
      case Kind.Call:
        return this.#call(this.#runtime.refuel);
      case Kind.ReloadCheck:
        if (this.#body.counter !== "local") {
          this.#charge(value, paid);
          return this.#check();
        }
        this.#reload(value + paid);
        return this.#note(value);
      case Kind.Quiet:
        return this.#note(-value);
      case Kind.Bulk:
        this.#noteBulk(value);
        return this.#call(this.#runtime.bulk[value]);
      case Kind.Grown:
        return this.#call(this.#runtime.grown[value]);
      case Kind.Allocate:
        out.u8(OP.i64Const);
        out.s64(BigInt(Math.abs(value)));
        return this.#call(value < 0 ? this.#runtime.allocateArray : this.#runtime.allocate);
    }
  }

  /** Takes what a segment costs: where the entry has paid for the function's own instructions, only what is for callees. */
  #charge(own: number, forCallees: number): void {
    if (this.#body.counter === "entry") return this.#take(forCallees);
    this.#take(own + forCallees);
    this.#note(own);
  }

  /** In a profile: the function has burnt so many units. */
  #note(units: number): void {
    const { profile } = this.#runtime;
    if (profile === undefined || units === 0) return;
    this.#out.u8(OP.i32Const);
    this.#out.s32(this.#body.index);
    this.#out.u8(OP.i32Const);
    this.#out.s32(units);
    this.#call(profile.note);
  }

  /** In a profile: the function burns as many units as the operand on top of the stack says. */
  #noteBulk(isWide: number): void {
    const { profile } = this.#runtime;
    if (profile === undefined) return;
    this.#out.u8(OP.i32Const);
    this.#out.s32(this.#body.index);
    this.#call(profile.noteBulk[isWide]);
  }

  /** Pushes the counter. */
  #get(): void {
    if (this.#body.counter === "local") this.#useLocal(OP.localGet);
    else this.#useGlobal(OP.globalGet);
  }

  /** Takes `units` from the counter. */
  #take(units: number): void {
    if (units === 0) return;
    this.#get();
    this.#subtract(units);
    if (this.#body.counter === "local") this.#useLocal(OP.localSet);
    else this.#useGlobal(OP.globalSet);
  }

  /** Loads the counter from the global into the local, less `units`. */
  #load(units: number): void {
    this.#useGlobal(OP.globalGet);
    this.#subtract(units);
    this.#useLocal(OP.localSet);
  }

  /** The same, and refuels when out of fuel. Where that is needed a call more does not tell, so it is kept short. */
  #reload(units: number): void {
    this.#out.u8(OP.i32Const);
    this.#out.s32(units);
    this.#call(this.#runtime.reload);
    this.#useLocal(OP.localSet);
  }

  #subtract(units: number): void {
    if (units === 0) return;
    this.#out.u8(OP.i32Const);
    this.#out.s32(units);
    this.#out.u8(OP.i32Sub);
  }

  #isNegative(): void {
    this.#out.u8(OP.i32Const);
    this.#out.u8(0);
    this.#out.u8(OP.i32LtS);
  }

  /** Refuels, on a cold path, if the counter is below zero. */
  #check(): void {
    const out = this.#out;
    this.#get();
    this.#isNegative();
    out.u8(OP.if);
    out.u8(NO_TYPE);
    this.#refuel();
    out.u8(OP.end);
  }

  #refuel(): void {
    if (this.#body.counter !== "local") return this.#call(this.#runtime.refuel);
    this.#useLocal(OP.localGet);
    this.#call(this.#runtime.refuelLocal);
    this.#useLocal(OP.localSet);
  }

  #call(index: number): void {
    this.#out.u8(OP.call);
    this.#out.u32(index);
  }

  #useLocal(opcode: number): void {
    this.#out.u8(opcode);
    this.#out.u32(this.#body.local);
  }

  #useGlobal(opcode: number): void {
    this.#out.u8(opcode);
    this.#out.u32(this.#runtime.fuel);
  }
}

/** How many bytes the LEB128 integer at offset `at` takes. */
function lebLength(bytes: Uint8Array, at: number): number {
  let end = at;
  while (bytes[end] >= 0x80) end++;
  return end - at + 1;
}
