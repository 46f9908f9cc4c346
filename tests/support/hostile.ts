/**
 * Guests of `tests/hostile/`, and others that call any function of WASI.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { WASI_MODULE } from "../../lib/wasi/abi.ts";
import { WASI_FUNCTIONS, type WasiFunction } from "../../lib/wasi/table.ts";
import { assemble } from "./binaryen.ts";
import { wat } from "./wat.ts";

const FOLDER = new URL("../hostile/", import.meta.url);
const GUEST = new URL("../fixtures/guest.wat", import.meta.url);
/** A guest with garbage collection, which wabt cannot parse. */
const COLLECTED = /\b(array|struct)\.new/;

/** Whether `tests/hostile/<name>.wat` is a module of its own, not something that a guest does. */
export async function isWhole(name: string): Promise<boolean> {
  return (await read(name)).includes("\n(module");
}

/** Assembles `tests/hostile/<name>.wat`. */
export async function hostileGuest(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return await isWhole(name) ? await wat(await read(name)) : await wasiGuest(await read(name));
}

/** Assembles `fixtures/guest.wat`, `hostile/prelude.wat` and `text`, with all of WASI imported, each function by its name. */
export async function wasiGuest(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const guest = await readFile(GUEST, "utf8");
  const prelude = await read("prelude");
  // Its imports are among those of all, which have to come first.
  const own = guest.replaceAll(/^\(import [^]*?\)\)\)$/gm, "");
  const all = [...WASI_FUNCTIONS.map(importOf), own, prelude, text].join("\n");
  return COLLECTED.test(text) ? assemble(`(module ${all})`) : await wat(all);
}

function read(name: string): Promise<string> {
  return readFile(new URL(`${name}.wat`, FOLDER), "utf8");
}

function importOf({ name, params, results }: WasiFunction): string {
  const types = [
    ...params.map((type) => `(param ${type})`),
    ...results.map((type) => `(result ${type})`),
  ];
  return `(import "${WASI_MODULE}" "${name}" (func $${name} ${types.join(" ")}))`;
}
