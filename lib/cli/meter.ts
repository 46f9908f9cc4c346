import { readFile, writeFile } from "node:fs/promises";
import { meterModule, type MeterOptions } from "../wasm/meter.ts";
import { EXIT, type Io } from "./io.ts";

/** The options of `meter`, as commander hands them over. */
export interface MeterFlags extends MeterOptions {
  /** Where the metered module goes. */
  readonly output: string;
}

/** Meters a module from file to file, and prints as JSON how to drive it. */
export async function meter(input: string, flags: MeterFlags, io: Io): Promise<number> {
  const { output, memory, maxPages } = flags;
  const before = new Uint8Array(await readFile(input));
  const { bytes, abi } = meterModule(before, { memory, maxPages });
  await writeFile(output, bytes);
  io.stdout(JSON.stringify(abi, null, 2) + "\n");
  io.stderr(`${output}: ${bytes.length} bytes, ${before.length} before\n`);
  return EXIT.ok;
}
