/**
 * Runs one bench in the runtime that runs this file, and prints its rows as JSON, one a line.
 *
 * @module
 */
import process from "node:process";
import type { Rows } from "./bench.ts";

// Not a literal, or Deno would take every file below this folder for a part of the program.
const bench = new URL(`${process.argv[2]}.ts`, import.meta.url).href;
const { rows }: { rows: Rows } = await import(bench);
for await (const row of rows()) console.log(JSON.stringify(row));
