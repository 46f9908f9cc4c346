// The reasons that `check` gives: their order, their words, and what is none.
import { assertEquals, assertRejects } from "@std/assert";
import { check } from "../../lib/cli/check.ts";
import { EXIT } from "../../lib/cli/io.ts";
import { ManifestError } from "../../lib/errors.ts";
import { Folder } from "../support/cli.ts";
import { wat } from "../support/wat.ts";

/** A command that imports such functions of WASI. */
function command(...imports: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const functions = imports.map((it) => `(import "wasi_snapshot_preview1" ${it})`).join("\n");
  return wat(`(module ${functions} (memory (export "memory") 1) (func (export "_start")))`);
}

/** What is answered and written of a plugin of that module. */
async function outcome(wasm: Uint8Array<ArrayBuffer>, manifest: object) {
  await using folder = await Folder.make();
  const path = await folder.write("m.wasm", wasm);
  const texts = { stdout: "", stderr: "" };
  const file = await folder.write("p.json", { name: "p", wasm: { path: "m.wasm" }, ...manifest });
  const code = await check(file, {
    stdout: (text) => texts.stdout += text,
    stderr: (text) => texts.stderr += text.replaceAll(path, "m.wasm"),
  });
  return { code, ...texts };
}

const CLOCK = `"clock_time_get" (func (param i32 i64 i32) (result i32))`;
const RESOLUTION = `"clock_res_get" (func (param i32 i32) (result i32))`;
const RANDOM = `"random_get" (func (param i32 i32) (result i32))`;
const ENVIRONMENT = `"environ_get" (func (param i32 i32) (result i32))`;
const UNLINK = `"path_unlink_file" (func (param i32 i32 i32) (result i32))`;
const SHUTDOWN = `"sock_shutdown" (func (param i32 i32) (result i32))`;

const YES = { code: EXIT.ok, stdout: "yes\n", stderr: "" };
const no = (...reasons: string[]) => ({
  code: EXIT.failed,
  stdout: "no\n",
  stderr: reasons.map((reason) => `  ${reason}\n`).join(""),
});

Deno.test("check: each capability that is asked for and not granted is a reason", async () => {
  const wasm = await command(RANDOM, CLOCK, RESOLUTION);
  const clock = "allow.clock is not granted, and the module imports clock_time_get, clock_res_get";
  const random = "allow.random is not granted, and the module imports random_get";
  assertEquals(await outcome(wasm, {}), no(clock, random));
  assertEquals(await outcome(wasm, { allow: { random: true } }), no(clock));
  assertEquals(await outcome(wasm, { allow: { random: true, clock: true } }), YES);
});

Deno.test("check: what could not be granted, or fails no call, is no reason", async () => {
  assertEquals(await outcome(await command(ENVIRONMENT, UNLINK, SHUTDOWN), {}), YES);
});

Deno.test("check: why it does not load comes first", async () => {
  const sha256 = "0".repeat(64);
  const wasm = { path: "m.wasm", sha256 };
  const { code, stdout, stderr } = await outcome(await command(RANDOM), { wasm });
  assertEquals([code, stdout], [EXIT.failed, "no\n"]);
  const [first, second, ...others] = stderr.split("\n");
  assertEquals(first.slice(0, 25), '  Cannot load plugin "p":');
  assertEquals(first.slice(-16), " (hash_mismatch)");
  assertEquals(second, "  allow.random is not granted, and the module imports random_get");
  assertEquals(others, [""]);
});

Deno.test("check: a module cannot move the cursor by its names", async () => {
  const exports = `(export "\\1b[2J" (memory 0)) (export "\\1b[2K" (memory 0))`;
  const twice = await wat(
    `(module (memory (export "memory") 1) (func (export "_start")) ${exports})`,
  );
  // The same name twice, which the engine's reason quotes as it is.
  twice[new TextDecoder("latin1").decode(twice).indexOf("[2K") + 2] = "J".charCodeAt(0);
  const imports = await command(`"\\1b[2J\\0a\\e2\\80\\ae" (func)`);
  for (const wasm of [twice, imports]) {
    const { code, stderr } = await outcome(wasm, {});
    assertEquals(code, EXIT.failed);
    assertEquals([...stderr].filter((it) => it < " " || it === "\u202e"), ["\n"]);
  }
});

Deno.test("check: what is no manifest is thrown", async () => {
  const wasm = await command();
  await assertRejects(() => outcome(wasm, { limits: { fuel: "much" } }), ManifestError);
  await assertRejects(() => outcome(wasm, { name: 7 }), ManifestError);
});
