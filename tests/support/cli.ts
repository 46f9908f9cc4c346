/**
 * Runs the command line in this process, on files in a folder of their own.
 *
 * @module
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../lib/cli/main.ts";

/** What a command printed, and what it ends the process with. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line. */
export async function cli(...argv: readonly string[]): Promise<Outcome> {
  const texts = { stdout: "", stderr: "" };
  const code = await run(argv, {
    stdout: (text) => texts.stdout += text,
    stderr: (text) => texts.stderr += text,
  });
  return { code, ...texts };
}

/** A temporary folder, removed when it is disposed of. */
export class Folder implements AsyncDisposable {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Makes one. */
  static async make(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), "wasm-plugin-")));
  }

  /** Path of a file in it. */
  path(name: string): string {
    return join(this.#path, name);
  }

  /** Writes a file, an object as JSON, and answers its path. */
  async write(name: string, content: string | Uint8Array | object): Promise<string> {
    const isFile = typeof content === "string" || content instanceof Uint8Array;
    await writeFile(this.path(name), isFile ? content : JSON.stringify(content));
    return this.path(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#path, { recursive: true });
  }
}
