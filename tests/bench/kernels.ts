/**
 * The kernels that metering is measured by: each is a file of kernels/ that exports `run(n: i32) -> i32`, where the work grows
 * with `n` and the result is a checksum.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { wat } from "../support/wat.ts";

/** A kernel's name: that of its file, without the extension. */
export type Kernel = keyof typeof SOURCES;

/** Names of files, in the order of the report. */
const SOURCES = {
  sieve: "sieve.ts",
  matmul: "matmul.ts",
  fib: "fib.ts",
  qsort: "qsort.ts",
  crc32: "crc32.ts",
  sha256: "sha256.ts",
  nbody: "nbody.ts",
  json: "json.ts",
  interpreter: "interpreter.wat",
  memcpy: "memcpy.ts",
  indirect: "indirect.wat",
  hofstadter: "hofstadter.wat",
  dot: "dot.ts",
  collatz: "collatz.ts",
};

/** All of them. */
export const KERNELS = Object.keys(SOURCES) as Kernel[];

const FOLDER = fileURLToPath(new URL("kernels/", import.meta.url));
const FLAGS = ["-O3", "--runtime", "stub", "--use", "abort=", "--enable", "simd"];

/** The wasm of a kernel. */
export async function compileKernel(kernel: Kernel): Promise<Uint8Array<ArrayBuffer>> {
  const file = SOURCES[kernel];
  const source = await readFile(FOLDER + file, "utf8");
  return file.endsWith(".wat") ? await wat(source) : await compileAssemblyScript(file, source);
}

/** Compiles once what has not changed since. */
async function compileAssemblyScript(
  file: string,
  source: string,
): Promise<Uint8Array<ArrayBuffer>> {
  // The compiler's version is in deno.json.
  const config = await readFile(new URL("../../deno.json", import.meta.url), "utf8");
  const hash = createHash("sha256").update(JSON.stringify([config, FLAGS, source])).digest("hex");
  const path = `${FOLDER}build/${file}.${hash.slice(0, 16)}.wasm`;
  try {
    return new Uint8Array(await readFile(path));
  } catch {
    const wasm = await assemble(file, source);
    await mkdir(`${FOLDER}build`, { recursive: true });
    // Renamed into place, so that nobody reads half a file.
    await writeFile(`${path}.${process.pid}`, wasm);
    await rename(`${path}.${process.pid}`, path);
    return wasm;
  }
}

async function assemble(file: string, source: string): Promise<Uint8Array<ArrayBuffer>> {
  // It is large, and needed only here.
  const { default: asc } = await import("assemblyscript/asc");
  let wasm: Uint8Array | undefined;
  const stderr = asc.createMemoryStream();
  const { error } = await asc.main([file, "--outFile", "out.wasm", ...FLAGS], {
    stderr,
    readFile: (name) => name === file ? source : null,
    writeFile(_name, contents) {
      if (typeof contents !== "string") wasm = contents;
    },
  });
  if (error || !wasm) throw new Error(`asc failed on ${file}\n${stderr.toString()}`);
  return new Uint8Array(wasm);
}
