/**
 * Runs a script of the test-suite with its modules as they are, or metered.
 *
 * @module
 */
import { LoadError } from "../../lib/errors.ts";
import { meterModule } from "../../lib/wasm/meter.ts";
import { attachTank, type Tank } from "../support/refuel.ts";
import type { Driver } from "./driver.ts";
import type { Binary, Command } from "./script.ts";

/** How modules are metered; `undefined` for not at all. */
export type Metering =
  | { readonly memory: "own" | "import"; readonly ration: number }
  | undefined;

/** What became of a command. */
export interface Outcome {
  /** Whether it ended as the script says; `undefined` if it could not be run, or there was nothing to hold. */
  readonly holds?: boolean;
  /** Results, or the error. */
  readonly got: string;
  /** Units burnt, if that is known to the unit: not after a trap. */
  readonly fuel?: bigint;
}

interface Instance {
  readonly exports: WebAssembly.Exports;
  readonly tank?: Tank;
  /** Runs the next action on this module. */
  readonly act?: (step: number) => string | undefined;
}

/**
 * Runs a script from front to back.
 *
 * @param drivers By command: for a module, the driver of the actions on it.
 * @param steps By command: for an action, its number in the driver.
 */
export function runScript(
  commands: readonly Command[],
  drivers: readonly (Driver | undefined)[],
  steps: readonly number[],
  metering: Metering,
): Outcome[] {
  const registered = new Map<string, WebAssembly.ModuleImports>([["spectest", spectest()]]);
  const named = new Map<string | undefined, Instance>();

  const instantiate = (bytes: Uint8Array<ArrayBuffer>): Instance => {
    const imports = Object.fromEntries(registered);
    if (metering === undefined) {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
      return { exports };
    }
    const { bytes: metered, abi } = meter(bytes, metering.memory);
    const module = new WebAssembly.Module(metered);
    if (abi.memory !== undefined) {
      const { module, name, initial, maximum } = abi.memory;
      imports[module] = { [name]: new WebAssembly.Memory({ initial, maximum }) };
    }
    const { exports } = new WebAssembly.Instance(module, imports);
    const tank = attachTank(exports, abi, metering.ration);
    if (abi.start !== undefined) (exports[abi.start] as () => void)();
    return { exports, tank };
  };

  return commands.map((command, i): Outcome => {
    switch (command.kind) {
      case "module":
      case "assert_uninstantiable":
      case "assert_unlinkable": {
        const bytes = accepted(command.binary);
        const isModule = command.kind === "module";
        if (isModule) {
          named.delete(undefined);
          named.delete(command.name);
        }
        if (bytes === undefined) return { got: "rejected" };
        const { value: instance, error, got } = attempt(() => instantiate(bytes));
        if (isModule && instance !== undefined) {
          const act = drivers[i]?.attach(instance.exports);
          for (const name of [undefined, command.name]) named.set(name, { ...instance, act });
        }
        return { got, holds: errorHolds(command.kind, error) };
      }
      case "register": {
        const instance = named.get(command.name);
        if (instance !== undefined) registered.set(command.as, instance.exports);
        return { got: "" };
      }
      case "action":
      case "assert_return":
      case "assert_trap":
      case "assert_exhaustion": {
        const instance = named.get(command.action.module);
        if (instance?.act === undefined) return { got: "no module" };
        const { act, tank } = instance;
        const before = tank?.burnt;
        const { value, error, got } = attempt(() => act(steps[i]));
        if (error !== undefined) return { got, holds: errorHolds(command.kind, error) };
        return {
          got: value ?? "as expected",
          holds: command.kind === "action" || value === undefined,
          fuel: tank && tank.burnt - before!,
        };
      }
      case "assert_invalid":
      case "assert_malformed": {
        if ("unparsed" in command.binary) return { got: "text" };
        if (WebAssembly.validate(command.binary)) return { got: "accepted" };
        const { binary } = command;
        const { error } = attempt(() => metering && meter(binary, metering.memory));
        return {
          got: "rejected",
          holds: metering === undefined || error instanceof LoadError,
        };
      }
    }
  });
}

/** The bytes of a module if the engine knows all that it uses. */
function accepted(binary: Binary): Uint8Array<ArrayBuffer> | undefined {
  return "unparsed" in binary || !WebAssembly.validate(binary) ? undefined : binary;
}

/** Meters with that memory option; `"import"` is not for every module. */
function meter(bytes: Uint8Array<ArrayBuffer>, memory: "own" | "import") {
  try {
    return meterModule(bytes, { memory });
  } catch (error) {
    const refused = error instanceof LoadError && error.code === "wasm_unsupported";
    if (memory === "own" || !refused) throw error;
    return meterModule(bytes, { memory: "own" });
  }
}

/** JavaScriptCore ends messages with the source text of what was called. */
const EVALUATING = / \(evaluating '[^]*'\)$/;

function attempt<T>(run: () => T): { value?: T; error?: Error; got: string } {
  try {
    return { value: run(), got: "done" };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error, got: `${error.name}: ${error.message.replace(EVALUATING, "")}` };
  }
}

/** Whether a command may end with that error, or must not end without. */
function errorHolds(kind: Command["kind"], error: Error | undefined): boolean {
  switch (kind) {
    case "assert_trap":
    case "assert_uninstantiable":
      return error instanceof WebAssembly.RuntimeError;
    case "assert_exhaustion":
      return error instanceof RangeError;
    case "assert_unlinkable":
      return error instanceof WebAssembly.LinkError || error instanceof TypeError;
    default:
      return error === undefined;
  }
}

/** The module that the suite's modules import from. */
function spectest(): WebAssembly.ModuleImports {
  const print = () => {};
  const global = (value: "i32" | "i64" | "f32" | "f64", number: number | bigint) =>
    new WebAssembly.Global({ value }, number);
  return {
    print,
    print_i32: print,
    print_i64: print,
    print_f32: print,
    print_f64: print,
    print_i32_f32: print,
    print_f64_f64: print,
    global_i32: global("i32", 666),
    global_i64: global("i64", 666n),
    global_f32: global("f32", 666.6),
    global_f64: global("f64", 666.6),
    table: new WebAssembly.Table({ element: "anyfunc", initial: 10, maximum: 20 }),
    memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
  };
}
