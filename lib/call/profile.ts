import type { FunctionFuel } from "../errors.ts";
import type { MeterProfile } from "../wasm/abi.ts";

/** What the functions of an instance have burnt, the most first; those that did not run are left out. */
export function readProfile(
  exports: WebAssembly.Exports,
  { memory, functions }: MeterProfile,
): FunctionFuel[] {
  const { buffer } = exports[memory] as WebAssembly.Memory;
  const view = new DataView(buffer);
  return functions
    .map((name, index) => ({ name, fuel: Number(view.getBigInt64(index * 8, true)) }))
    .filter(({ fuel }) => fuel !== 0)
    .sort((a, b) => b.fuel - a.fuel);
}
