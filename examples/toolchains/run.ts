/**
 * Running compilers.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";

const MAX_OUTPUT = 64 * 1024 * 1024;

/**
 * Runs a command in `folder` and returns what it writes to stdout; an `Error` with what it wrote to stderr if it is missing or fails.
 *
 * @param env Variables besides, or in place of, those of this process.
 */
export async function run(
  command: string,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  try {
    const options = { cwd: folder, env: { ...process.env, ...env }, maxBuffer: MAX_OUTPUT };
    return (await promisify(execFile)(command, [...args], options)).stdout;
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: string };
    throw new Error(`${command} failed in ${folder}\n${stderr || message}`);
  }
}

/** Calls `write` with the path of a new file in a folder of its own, and returns what it has put there. */
export async function withFile(write: (path: string) => Promise<void>): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "plugin-"));
  try {
    const path = join(folder, "out");
    await write(path);
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}
