/**
 * Tables of guests that are run unmetered, under the oracle, and metered.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { meterModule, type MeterOptions } from "../../lib/wasm/meter.ts";
import { type Guest, type Outcome, runAllWays } from "./metered.ts";

/** By how many units the metered module may be ahead of what ran when it traps: those of the segments that were paid for. */
const AHEAD = 50;

/** How a run must end. The text of a trap is the engine's own; metered and unmetered, it must be the same. */
export type Ending = { returned: unknown } | { thrown: unknown } | "trap";

/** A call of the export `f`, how it must end, and the units that it must burn, on every engine. */
export type Call = readonly [
  args: readonly unknown[],
  ends: Ending,
  fuel: number,
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
    const error = assertThrows(
      () => meterModule(bytes, { memory: row.memory, maxPages: row.maxPages }),
      LoadError,
    );
    return assertEquals(error.code, "wasm_invalid");
  }
  const { memory, maxPages, imports } = row;
  for (const [args, ends, fuel] of row.calls) {
    const seen = runAllWays({ bytes, args, memory, maxPages, imports });
    assertEquals([ending(seen.outcome), seen.naive], [ends, fuel]);
    if (ends === "trap") assert(seen.fuel >= 0 && seen.fuel <= fuel + AHEAD, `${seen.fuel} units`);
  }
}

function ending(outcome: Outcome): Ending {
  return "trapped" in outcome ? "trap" : outcome;
}
