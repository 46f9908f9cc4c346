/**
 * The folder of modules that once showed a bug.
 *
 * @module
 */
import { readdir, readFile, writeFile } from "node:fs/promises";

const FOLDER = new URL("../crashes/", import.meta.url);
const NAME = /^(\d{4})-.*\.wasm$/;

/** The modules by file name, in the order of their numbers. */
export async function readCrashes(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const crashes = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const name of (await readdir(FOLDER)).sort()) {
    if (NAME.test(name)) {
      crashes.set(name, Uint8Array.from(await readFile(new URL(name, FOLDER))));
    }
  }
  return crashes;
}

/** Adds a module under the next number, and answers the name of its file. */
export async function saveCrash(what: string, bytes: Uint8Array): Promise<string> {
  const last = [...(await readCrashes()).keys()].at(-1)?.slice(0, 4) ?? "0";
  for (let number = Number(last) + 1;; number++) {
    const name = `${`${number}`.padStart(4, "0")}-${what.replaceAll(/\W+/g, "-")}.wasm`;
    try {
      await writeFile(new URL(name, FOLDER), bytes, { flag: "wx" });
      return name;
    } catch (error) {
      if ((error as { code?: string }).code !== "EEXIST") throw error;
    }
  }
}
