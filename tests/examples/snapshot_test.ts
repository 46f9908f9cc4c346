// Commands that are run ahead of time.
import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { snapshot } from "../../examples/toolchains/snapshot.ts";
import { parseModule, SECTION } from "../../lib/wasm/module.ts";
import { wat } from "../support/wat.ts";

const STDIN = new TextEncoder().encode("abc");
const FROM = 64;

/** Reads stdin to 1000, counts its runs at 200, leaves litter on the stack at 8, and has its memory grow. */
const COMMAND = `(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get"
    (func $clock (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1 3)
  (data (i32.const 100) "\\e8\\03\\00\\00\\10\\00\\00\\00")
  (data (i32.const 200) "\\05")
  (func (export "_start")
    (i32.store (i32.const 8) (i32.const -1))
    (i32.store8 (i32.const 200) (i32.add (i32.load8_u (i32.const 200)) (i32.const 1)))
    (drop (call $read (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 112)))
    (i32.store (i32.const 116) (call $clock (i32.const 0) (i64.const 1) (i32.const 120)))
    (if (i32.lt_u (memory.size) (i32.const 2)) (then (drop (memory.grow (i32.const 1)))))
    (i32.store8 (i32.const 131071) (i32.const 7))))`;

/** The memory of a new instance. */
async function memoryOf(wasm: Uint8Array): Promise<Uint8Array> {
  const module = await WebAssembly.compile(Uint8Array.from(wasm));
  const functions = WebAssembly.Module.imports(module).map(({ name }) => [name, () => 0]);
  const imports = { wasi_snapshot_preview1: Object.fromEntries(functions) };
  const { exports } = await WebAssembly.instantiate(module, imports);
  return new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
}

Deno.test("snapshot: the module begins with the memory that the run ended with", async () => {
  const wasm = await wat(COMMAND);
  const run = await snapshot(wasm, { stdin: STDIN, from: FROM });
  const memory = await memoryOf(run);
  assertEquals(memory.length, 2 * 65_536);
  assertEquals([memory[200], memory[131_071]], [6, 7]);
  assertEquals(new TextDecoder().decode(memory.subarray(1000, 1004)), "abc\0");
  assertEquals([...memory.subarray(112, 120)], [3, 0, 0, 0, 76, 0, 0, 0], "3 bytes, no clock");
  assertEquals([...memory.subarray(0, FROM)], new Array(FROM).fill(0));
  assertEquals(parseModule(run).memories, [{ ...parseModule(wasm).memories[0], minimum: 2 }]);
});

Deno.test("snapshot: all but memory and data stays, and a second one goes on from the first", async () => {
  const wasm = await wat(COMMAND);
  const first = await snapshot(wasm, { stdin: STDIN, from: FROM });
  assertEquals(first, await snapshot(wasm, { stdin: STDIN, from: FROM }));
  const others = (bytes: Uint8Array) =>
    parseModule(bytes).sections
      .filter(({ id }) => id !== SECTION.memory && id !== SECTION.data)
      .map(({ start, end }) => [...bytes.subarray(start, end)]);
  assertEquals(others(first), others(wasm));
  const second = await memoryOf(await snapshot(first, { stdin: new Uint8Array(), from: FROM }));
  assertEquals([second[200], second[112]], [7, 0]);
});

Deno.test("snapshot: a run that fails says so, with what it wrote to stderr", async () => {
  const exits = (code: number) =>
    wat(`(module
      (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "\\08\\00\\00\\00\\04\\00\\00\\00oops")
      (func (export "_start")
        (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 16)))
        (call $exit (i32.const ${code})) unreachable))`);
  const run = { stdin: STDIN, from: 0 };
  const error = await assertRejects(async () => await snapshot(await exits(3), run));
  assertInstanceOf(error, Error);
  assertStringIncludes(error.message, "exit code 3\noops");
  assertEquals((await memoryOf(await snapshot(await exits(0), run)))[16], 4);
});
