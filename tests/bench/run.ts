/**
 * Runs one bench in the runtime that runs this file, and prints its rows as JSON, one a line.
 *
 * @module
 */
import process from "node:process";
import type { Rows } from "./bench.ts";

const { rows }: { rows: Rows } = await import(`./${process.argv[2]}.ts`);
for await (const row of rows()) console.log(JSON.stringify(row));
