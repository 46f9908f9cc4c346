/**
 * A host that gives any module what it imports and writes down what it is asked, in the same way in each run.
 *
 * @module
 */
import type { Module } from "../../lib/wasm/module.ts";
import { importedGlobals } from "./expose.ts";
import { show, showError, valueOf } from "./values.ts";

/** What the type declarations of the runtimes lack. */
const { Tag, JSTag } = WebAssembly as unknown as {
  Tag: new (type: { parameters: readonly string[] }) => object;
  JSTag?: object;
};

/** What JavaScript calls. */
export type Callable = (...args: unknown[]) => unknown;

/** How deep the guest may call itself through the host, and how much is written down. */
const DEEPEST = 20, LONGEST = 100_000;

/** The surroundings of one instance. */
export class Host {
  /** What has happened. */
  readonly log: string[] = [];
  /** Whether the stack has overflowed, which it does elsewhere when frames have another size. */
  overflowed = false;
  /** How many errors were seen; after one, the fuel is not known to the unit. */
  errors = 0;
  /** Once there is an instance: its functions, each with arguments, and its table. */
  functions: readonly (() => unknown)[] = [];
  table: WebAssembly.Table | undefined;
  #depth = 0;

  /** Calls a function and writes down what becomes of it; answers whether it has returned. */
  call(run: () => unknown): boolean {
    try {
      this.#write(`returns ${show(run())}`);
      return true;
    } catch (error) {
      this.errors++;
      if (error instanceof RangeError && /call stack/.test(error.message)) this.overflowed = true;
      this.#write(`throws ${showError(error)}`);
      return false;
    }
  }

  #write(line: string): void {
    if (this.log.length < LONGEST) this.log.push(line);
  }

  /** Makes what the module imports. */
  imports(module: Module): WebAssembly.Imports {
    const globals = importedGlobals(module);
    const imports: Record<string, Record<string, unknown>> = {};
    for (const { module: from, name, kind, type = 0, memory, table } of module.imports) {
      const make = () => {
        switch (kind) {
          case "func":
            return this.#function(name, signature(module, type)[1]);
          case "table": {
            const element = table!.element === "externref" ? "externref" : "anyfunc";
            return new WebAssembly.Table({ element: element as "anyfunc", ...limits(table!) });
          }
          case "memory":
            return new WebAssembly.Memory({ shared: memory!.shared, ...limits(memory!) });
          case "global": {
            const { value, mutable } = globals.shift()!;
            const initial = valueOf(value);
            return mutable
              ? new WebAssembly.Global({ value: value as "i32", mutable }, initial)
              : initial;
          }
          case "tag":
            if (name === "jstag" && JSTag !== undefined) return JSTag;
            return new Tag({ parameters: signature(module, type)[0] });
        }
      };
      (imports[from] ??= {})[name] = make();
    }
    return imports as WebAssembly.Imports;
  }

  /** An imported function; those that Binaryen's fuzzer knows by name do what it expects of them. */
  #function(name: string, results: readonly string[]): Callable {
    const values = results.map((type) => valueOf(type));
    const answer = values.length === 1 ? values[0] : values.length === 0 ? undefined : values;
    return (first, second) => {
      this.#write(`${name}(${show(first)}, ${show(second)})`);
      switch (name) {
        case "throw":
          throw new Error("thrown by the host");
        case "call-export":
          return this.#enter(this.functions[first as number], ((second as number) & 1) !== 0);
        case "call-export-catch":
          return this.#enter(this.functions[first as number], true) ? 0 : 1;
        case "call-ref":
          return this.#enter(first as Callable, ((second as number) & 1) !== 0);
        case "call-ref-catch":
          return this.#enter(first as Callable, true) ? 0 : 1;
        case "table-get":
          return this.table?.get(first as number >>> 0);
        case "table-set":
          return this.table?.set(first as number >>> 0, second as Callable);
        default:
          return answer;
      }
    };
  }

  /** Calls back into the guest; answers whether that has returned. */
  #enter(run: Callable | null | undefined, catches: boolean): boolean {
    if (this.#depth === DEEPEST) throw new Error("too deep");
    this.#depth++;
    try {
      if (catches) return this.call(() => run!());
      run!();
      return true;
    } finally {
      this.#depth--;
    }
  }
}

/** Types of the parameters and of the results of a function type. */
export function signature({ types }: Module, index: number): [string[], string[]] {
  const type = types[index];
  if (type.kind !== "func") throw new TypeError(`type ${index} is a ${type.kind}`);
  const [params, results] = type.signature.split("->")
    .map((list) => list === "" ? [] : list.split(","));
  return [params, results];
}

function limits({ minimum, maximum }: { minimum: number; maximum?: number }) {
  return maximum === undefined ? { initial: minimum } : { initial: minimum, maximum };
}
