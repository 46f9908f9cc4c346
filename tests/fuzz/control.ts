/**
 * Random modules that are mostly control flow, with the old exception instructions too, which Binaryen does not generate together
 * with the rest.
 *
 * @module
 */
import { wat } from "../support/wat.ts";
import type { Random } from "./random.ts";

type Type = "i32" | "i64";

/** Function types: parameters and results. */
const TYPES: readonly (readonly [params: readonly Type[], results: readonly Type[]])[] = [
  [[], []],
  [[], ["i32"]],
  [["i32"], ["i32"]],
  [["i32", "i64"], ["i64"]],
  [["i64"], ["i32", "i64"]],
];
const DEEPEST = 6;

/** A construct that is open. */
interface Frame {
  /** What a branch to it takes along. */
  readonly label: readonly Type[];
  /** Whether it is the body of a `try`, which `delegate` may name, or a handler, which `rethrow` may name. */
  readonly part?: "body" | "handler";
}

/** Answers a module, which is valid. Every call of its functions ends, after some hundred calls and iterations at most. */
export function controlModule(random: Random): Promise<Uint8Array<ArrayBuffer>> {
  const functions = Array.from({ length: 2 + random.below(6) }, () => random.below(TYPES.length));
  const body = new Body(random, functions, random.chance(50));
  return wat(`
    (module
      ${TYPES.map((_, i) => `(type ${signature(i)})`).join(" ")}
      (import "host" "log" (func $log (param i32)))
      (import "host" "throw" (func $throw (param i32)))
      (tag $empty) (tag $value (param i32))
      (memory (export "memory") 1 3)
      (global $left (export "left") (mut i32) (i32.const ${10 + random.below(300)}))
      (global $some (export "some") (mut i32) (i32.const 0))
      (table funcref (elem ${functions.map((_, i) => `$f${i}`).join(" ")}))
      ${functions.map((type, i) => body.write(i, type, random.chance(70))).join("\n")}
      ${random.chance(30) ? startOf(functions) : ""})
  `);
}

function signature(type: number): string {
  const [params, results] = TYPES[type];
  return `(func ${params.map((it) => `(param ${it})`).join(" ")} ${result(results)})`;
}

function result(types: readonly Type[]): string {
  return types.length === 0 ? "" : `(result ${types.join(" ")})`;
}

function startOf(functions: readonly number[]): string {
  const index = functions.indexOf(0);
  return index < 0 ? "" : `(start $f${index})`;
}

/** Writes function bodies, as instructions with a stack that is kept in mind: what comes before pushes what comes after needs. */
class Body {
  readonly #random: Random;
  readonly #functions: readonly number[];
  readonly #old: boolean;
  #results: readonly Type[] = [];
  #frames: Frame[] = [];
  #room = 0;

  /** @param old Whether to use `try`, `catch` and `delegate`, which do not go together with `try_table`. */
  constructor(random: Random, functions: readonly number[], old: boolean) {
    this.#random = random;
    this.#functions = functions;
    this.#old = old;
  }

  /** The text of a function with locals `$p0`…, its parameters, and `$i32` and `$i64`. */
  write(index: number, type: number, exported: boolean): string {
    const [params, results] = TYPES[type];
    this.#results = results;
    this.#frames = [{ label: results }];
    this.#room = 5 + this.#random.below(60);
    const code = [this.#limit(), this.#statements(), this.#values(results)].join("\n");
    const names = params.map((it, i) => `(param $p${i} ${it})`).join(" ");
    return `(func $f${index} ${exported ? `(export "f${index}")` : ""} (type ${type}) ${names}
      ${result(results)} (local $i32 i32) (local $i64 i64)\n${code})`;
  }

  /** Returns once the allowance of all functions together is used up. */
  #limit(): string {
    return `global.get $left i32.eqz if ${
      this.#results.map((it) => `${it}.const 0`).join(" ")
    } return end
      global.get $left i32.const 1 i32.sub global.set $left`;
  }

  #statements(): string {
    const list: string[] = [];
    for (let left = this.#random.below(4); left > 0 && this.#room > 0; left--) {
      list.push(this.#statement());
    }
    return list.join("\n");
  }

  #statement(): string {
    this.#room--;
    const random = this.#random;
    const type = this.#type();
    if (this.#frames.length > DEEPEST) return `${this.#value(type)} local.set $${type}`;
    switch (random.below(18)) {
      case 0:
        return `${this.#value(type)} local.set $${type}`;
      case 1:
        return `${this.#value("i32")} global.set $some`;
      case 2:
        return `${this.#value("i32")} call $log`;
      case 3:
        return `i32.const ${random.below(200)} ${this.#value(type)} ${type}.store`;
      case 4:
        return `${this.#value(type)} drop`;
      case 5:
        return `${this.#value("i32")} if ${this.#inside([])} ${
          random.chance(50) ? `else ${this.#inside([])}` : ""
        } end`;
      case 6:
      case 7:
        return `block ${this.#inside([])} end`;
      case 8:
      case 9:
        return this.#loop([]);
      case 10:
      case 11:
        return this.#try([]);
      case 12:
        return this.#branch();
      case 13:
        return this.#branchIf();
      case 14:
        return this.#branchTable();
      case 15:
        return this.#leave();
      case 16:
        return `i32.const ${random.below(60)} i32.const 7 i32.const ${
          random.below(60)
        } memory.fill`;
      default:
        return this.#call(random.below(this.#functions.length), undefined);
    }
  }

  /** A construct's content, which leaves `types` on the stack. */
  #inside(types: readonly Type[], frame: Frame = { label: types }): string {
    this.#frames.push(frame);
    const code = `${this.#statements()} ${this.#values(types)}`;
    this.#frames.pop();
    return code;
  }

  #loop(types: readonly Type[]): string {
    const params = this.#random.chance(30) ? [this.#type()] : [];
    const sets = params.map((it) => `local.set $${it}`).join(" ");
    const before = this.#values(params);
    const inside = this.#inside(types, { label: params });
    return `${before} loop ${params.map((it) => `(param ${it})`).join(" ")} ${result(types)}
      ${sets} ${this.#limit()} ${inside} end`;
  }

  #try(types: readonly Type[]): string {
    const random = this.#random;
    if (!this.#old) {
      // The value comes to the inner block, nothing to the outer one.
      const clauses = random.pick([
        "(catch $value 0) (catch_all 1)",
        "(catch $value 0)",
        "(catch_all 1)",
        "(catch $empty 1) (catch $value 0)",
      ]);
      this.#frames.push({ label: [] }, { label: ["i32"] });
      const inside = this.#inside([]);
      this.#frames.splice(-2);
      return `block block (result i32) try_table ${clauses} ${inside} end i32.const 1 end
        global.set $some end ${this.#values(types)}`;
    }
    const body = this.#inside(types, { label: types, part: "body" });
    const tries = this.#labelsOf("body");
    if (random.chance(30) && this.#frames.length > 1) {
      // The label of the function, which is the last, stands for its caller.
      return `try ${result(types)} ${body} delegate ${
        random.pick([...tries, this.#frames.length - 1])
      }`;
    }
    const handlers = [
      ["catch $value global.set $some", random.chance(60)],
      ["catch $empty", random.chance(30)],
      ["catch_all", random.chance(50)],
    ].flatMap(([clause, is]) =>
      is ? [`${clause} ${this.#inside(types, { label: types, part: "handler" })}`] : []
    );
    return `try ${result(types)} ${body} ${handlers.join("\n")} end`;
  }

  /** A label, counted from here. */
  #label(): number {
    return this.#random.below(this.#frames.length);
  }

  #labelsOf(wanted: Frame["part"]): number[] {
    return this.#frames.flatMap(({ part }, i) =>
      part === wanted ? [this.#frames.length - 1 - i] : []
    );
  }

  #labelTypes(label: number): readonly Type[] {
    return this.#frames[this.#frames.length - 1 - label].label;
  }

  #branch(): string {
    const label = this.#label();
    return `${this.#values(this.#labelTypes(label))} br ${label}`;
  }

  #branchIf(): string {
    const label = this.#label();
    const types = this.#labelTypes(label);
    return `${this.#values(types)} ${this.#value("i32")} br_if ${label} ${
      types.map(() => "drop").join(" ")
    }`;
  }

  #branchTable(): string {
    const first = this.#label();
    const types = this.#labelTypes(first);
    const labels = this.#frames.map((_, label) => label).filter((label) =>
      this.#labelTypes(label).join() === types.join()
    );
    const targets = Array.from(
      { length: 1 + this.#random.below(4) },
      () => this.#random.pick(labels),
    );
    return `${this.#values(types)} ${this.#value("i32")} br_table ${targets.join(" ")}`;
  }

  /** Leaves the function in some other way. */
  #leave(): string {
    const caught = this.#labelsOf("handler");
    if (caught.length > 0 && this.#random.chance(50)) return `rethrow ${this.#random.pick(caught)}`;
    switch (this.#random.below(6)) {
      case 0:
        return `${this.#values(this.#results)} return`;
      case 1:
        return `${this.#value("i32")} throw $value`;
      case 2:
        return "throw $empty";
      case 3:
        return `${this.#value("i32")} call $throw`;
      case 4:
        return this.#tailCall();
      default:
        return this.#random.chance(20) ? "unreachable" : "nop";
    }
  }

  #tailCall(): string {
    const matches = this.#functions.flatMap((type, i) =>
      TYPES[type][1].join() === this.#results.join() ? [i] : []
    );
    const callee = this.#random.pick(matches);
    const args = this.#values(TYPES[this.#functions[callee]][0]);
    return this.#random.chance(50)
      ? `${args} return_call $f${callee}`
      : `${args} i32.const ${callee} return_call_indirect (type ${this.#functions[callee]})`;
  }

  /** Calls a function; of its results only one of type `wanted` is kept. */
  #call(callee: number, wanted: Type | undefined): string {
    const type = this.#functions[callee];
    const [params, results] = TYPES[type];
    const sets = results.map((it) => `local.set $${it}`).reverse();
    const call = this.#random.chance(70)
      ? `call $f${callee}`
      : `i32.const ${callee} call_indirect (type ${type})`;
    const kept = wanted === undefined ? "" : `local.get $${wanted}`;
    return `${this.#values(params)} ${call} ${sets.join(" ")} ${kept}`;
  }

  #values(types: readonly Type[]): string {
    return types.map((type) => this.#value(type)).join(" ");
  }

  /** Instructions that leave one value. */
  #value(type: Type): string {
    const random = this.#random;
    if (this.#frames.length > DEEPEST || this.#room <= 0) return `local.get $${type}`;
    this.#room--;
    switch (random.below(14)) {
      case 0:
      case 1:
      case 2:
        return `${type}.const ${random.below(6)}`;
      case 3:
        return type === "i32" ? "global.get $some" : "local.get $i64";
      case 4:
        return `${this.#value(type)} local.tee $${type}`;
      case 5:
        return `${this.#value(type)} ${this.#value(type)} ${type}.${
          random.pick(["add", "sub", "xor", "mul", "div_s"])
        }`;
      case 6:
        return `${this.#value("i32")} if ${result([type])} ${this.#inside([type])} else ${
          this.#inside([type])
        } end`;
      case 7:
        return `block ${result([type])} ${this.#inside([type])} end`;
      case 8:
        return this.#loop([type]);
      case 9:
        return this.#try([type]);
      case 10:
        return this.#call(random.below(this.#functions.length), type);
      case 11:
        return `i32.const ${random.below(200)} ${type}.load`;
      case 12:
        return type === "i32" && random.chance(20)
          ? "i32.const 1 memory.grow"
          : `local.get $${type}`;
      default:
        return `${this.#value(type)} ${this.#value(type)} ${this.#value("i32")} select`;
    }
  }

  #type(): Type {
    return this.#random.pick(["i32", "i64"]);
  }
}
