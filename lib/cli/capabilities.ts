import type { Allow } from "../manifest.ts";
import { WASI_MODULE } from "../wasi/abi.ts";
import type { Module } from "../wasm/module.ts";

/** A thing of the outside world that WASI functions reach for. */
interface Capability {
  readonly name: string;
  /** The functions that ask for it. */
  readonly functions: RegExp;
  /** What a manifest grants: all or nothing of it, or some by name; absent where nothing can be granted. */
  readonly grant?: (allow: Allow) => boolean | string | readonly string[];
}

const CAPABILITIES: readonly Capability[] = [
  { name: "clock", functions: /^clock_/, grant: ({ clock }) => clock },
  { name: "random", functions: /^random_/, grant: ({ random }) => random },
  { name: "env", functions: /^environ_/, grant: ({ env }) => env },
  { name: "args", functions: /^args_/, grant: ({ args }) => args },
  { name: "files", functions: /^path_|^fd_(prestat|readdir)/ },
  { name: "network", functions: /^sock_/ },
];

/** What a module asks of a capability, against what a manifest grants. */
export interface Demand {
  /** Name of the capability. */
  readonly name: string;
  /** The functions that the module imports for it. */
  readonly asked: readonly string[];
  /** What is granted, for people. */
  readonly granted: string;
  /** The module asks for what could be granted, and is not: its calls fail with `ENOTCAPABLE`. */
  readonly refused: boolean;
}

/** What a module's imports ask for, against what a manifest grants. */
export function listDemands(module: Module, allow: Allow): Demand[] {
  const imported = module.imports.filter((it) => it.module === WASI_MODULE).map(({ name }) => name);
  return CAPABILITIES.map(({ name, functions, grant }) => {
    const asked = imported.filter((name) => functions.test(name));
    const given = grant?.(allow);
    // Without environment variables or arguments no call fails: the guest is told that there are none.
    const refused = given === false && asked.length > 0;
    return { name, asked, granted: describe(given), refused };
  });
}

function describe(given: boolean | string | readonly string[] | undefined): string {
  if (given === undefined) return "never";
  if (typeof given === "string") return given;
  if (typeof given === "boolean") return given ? "yes" : "no";
  return given.join(", ") || "none";
}
