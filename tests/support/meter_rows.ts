/**
 * Tables of guests that are run unmetered, under the oracle, and metered.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { meterModule, type MeterOptions } from "../../lib/wasm/meter.ts";
import { type Guest, type Outcome, runAllWays } from "./metered.ts";

/** How a run must end. The text of a trap is the engine's own; metered and unmetered, it must be the same. */
export type Ending = { returned: unknown } | { thrown: unknown } | "trap";

/** A call of the export `f`, how it must end, and the units that it must burn, on every engine. */
export type Call = readonly [
  args: readonly unknown[],
  ends: Ending,
  fuel: number,
  /** What the naive meter must have counted, if that is not the same; only after a trap. */
  naive?: number,
];

/** A guest and what it must do. */
export interface Row extends MeterOptions {
  readonly name: string;
  /** The fields of its module, as text. */
  readonly text: string;
  readonly imports?: Guest["imports"];
  /** Whether it has 64-bit memories or tables, which not every engine has. */
  readonly wide?: true;
  readonly calls: readonly Call[];
}

/** The result of a run; of several results, a list. */
export function returned(...results: unknown[]): Ending {
  return { returned: results.length > 1 ? results : results[0] };
}

/** An exception, by the name under which its tag is exported, and its payload. */
export function thrown(tag: string, payload?: unknown): Ending {
  return { thrown: [tag, payload] };
}

/** A test with a step for each row. */
export function testRows(
  name: string,
  assemble: (text: string) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>,
  rows: readonly Row[],
): void {
  Deno.test(name, async (t) => {
    for (const row of rows) {
      await t.step(row.name, async () => check(row, await assemble(`(module ${row.text})`)));
    }
  });
}

function check(row: Row, bytes: Uint8Array<ArrayBuffer>): void {
  if (!WebAssembly.validate(bytes)) {
    assert(row.wide, "the engine does not accept the module");
    const error = assertThrows(() => meterModule(bytes, row), LoadError);
    return assertEquals(error.code, "wasm_invalid");
  }
  const { memory, maxPages, imports } = row;
  for (const [args, ends, fuel, naive = fuel] of row.calls) {
    const seen = runAllWays({ bytes, args, memory, maxPages, imports });
    if (fuel === -1) { const e: any = ending(seen.outcome); console.log("SHOW " + JSON.stringify({name: row.name, args: args.map(String), ret: e === "trap" ? "trap" : "returned" in e ? [e.returned].flat().map(x => typeof x === "bigint" ? x + "n" : String(x)).join(", ") : "THROWN " + String(e.thrown), fuel: seen.fuel, naive: seen.naive})); continue; } // TEMP
    assertEquals([ending(seen.outcome), seen.fuel, seen.naive], [ends, fuel, naive]);
  }
}

function ending(outcome: Outcome): Ending {
  return "trapped" in outcome ? "trap" : outcome;
}
