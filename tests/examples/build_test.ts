// How the example plugins are built, and what of.
import { assert, assertEquals, assertInstanceOf, assertLess, assertThrows } from "@std/assert";
import { readFile, stat, utimes } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { buildAll, PLUGINS } from "../../examples/build.ts";
import { oneSegment } from "../../examples/toolchains/one_segment.ts";
import { LoadError } from "../../mod.ts";
import { wat } from "../support/wat.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

Deno.test("build: with stale, a plugin that is up to date stays as it is", async () => {
  const outcomes = await buildAll({ stale: true });
  assertEquals(outcomes.map(({ name }) => name), PLUGINS.map(({ name }) => name));
  for (const { name, path, outcome, note } of await buildAll({ stale: true })) {
    assert(outcome !== "built", `${name} was built twice`);
    assert(outcome !== "failed", `${name}: ${note}`);
    if (outcome === "current") assertLess(0, (await stat(path)).size);
  }
});

Deno.test("build: a plugin is out of date when its kit has changed", async () => {
  await buildAll({ stale: true });
  const now = new Date();
  await utimes(`${ROOT}examples/plugins/assemblyscript/kit/index.ts`, now, now);
  const outcomes = await buildAll({ stale: true });
  assertEquals(outcomes.find(({ name }) => name === "test-plugin")?.outcome, "built");
});

Deno.test("build: the same sources make the same bytes, which name no path of this machine", async (t) => {
  for (const { name, path, outcome } of await buildAll({ stale: true })) {
    await t.step({
      name,
      ignore: outcome === "skipped" || outcome === "failed",
      async fn() {
        const wasm = await readFile(path);
        const plugin = PLUGINS.find((plugin) => plugin.name === name)!;
        const folder = `${ROOT}examples/plugins/${plugin.folder ?? name}/`;
        const again = await plugin.toolchain.compile(folder, name);
        assert(wasm.equals(again), `${name} differs from build to build`);
        assert(!wasm.includes(ROOT), `${name} contains ${ROOT}`);
      },
    });
  }
});

Deno.test("build: the test plugin is small, a command, and imports only what it uses", async () => {
  await buildAll({ stale: true });
  const folder = new URL("../../examples/plugins/test-plugin/", import.meta.url);
  const wasm = Uint8Array.from(await readFile(new URL("build/test-plugin.wasm", folder)));
  const module = new WebAssembly.Module(wasm);
  const imports = WebAssembly.Module.imports(module).map(({ module, name }) => `${module}.${name}`);
  assertEquals(
    imports.sort(),
    ["clock_time_get", "fd_read", "fd_write", "poll_oneoff", "random_get"]
      .map((name) => `wasi_snapshot_preview1.${name}`),
  );
  assertEquals(
    WebAssembly.Module.exports(module).map(({ name, kind }) => `${kind} ${name}`).sort(),
    ["function _start", "memory memory"],
  );
  assertLess(wasm.length, 16_384);
});

Deno.test("one segment: the memory is what it was", async () => {
  const module = await wat(`(module
    (memory (export "memory") 1)
    (data (i32.const 300) "late")
    (data (i32.const 8) "early")
    (data (i32.const 302) "overlap")
    (data (i32.const 65536) ""))`);
  const memory = (bytes: Uint8Array<ArrayBuffer>): string => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const { buffer } = exports.memory as WebAssembly.Memory;
    return new TextDecoder().decode(buffer);
  };
  assertEquals(memory(oneSegment(module)), memory(module));
});

Deno.test("one segment: a segment that is not active is refused", async () => {
  const module = await wat(`(module (memory 1) (data "passive"))`);
  const error = assertThrows(() => oneSegment(module), LoadError);
  assertInstanceOf(error, LoadError);
  assertEquals(error.code, "wasm_unsupported");
});
