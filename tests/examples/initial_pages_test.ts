// The step that gives a module a larger memory to begin with.
import { assertEquals, assertThrows } from "@std/assert";
import { initialPages } from "../../examples/toolchains/initial_pages.ts";
import { LoadError } from "../../mod.ts";
import { wat } from "../support/wat.ts";

Deno.test("initial pages: the memory begins with as many, and holds what it held", async () => {
  const module = await wat(`(module
    (memory (export "memory") 2)
    (func (export "size") (result i32) (memory.size))
    (data (i32.const 70000) "here"))`);
  for (const [pages, expected] of [[0, 2], [1, 2], [2, 2], [3, 3], [200, 200]]) {
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module(initialPages(module, pages)),
    );
    const { buffer } = exports.memory as WebAssembly.Memory;
    assertEquals((exports.size as () => number)(), expected);
    assertEquals(buffer.byteLength, expected * 65_536);
    assertEquals(new TextDecoder().decode(new Uint8Array(buffer, 70_000, 5)), "here\0");
  }
});

const REFUSED: readonly [what: string, memories: string][] = [
  ["a maximum", "(memory 1 4)"],
  ["a 64-bit memory", "(memory i64 1)"],
  ["two memories", "(memory 1) (memory 1)"],
];

Deno.test("initial pages: other memories are refused", async () => {
  for (const [what, memories] of REFUSED) {
    const module = await wat(`(module ${memories})`);
    assertEquals(
      assertThrows(() => initialPages(module, 3), LoadError).code,
      "wasm_unsupported",
      what,
    );
  }
});
