import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { checkInterface, interfaceProblems } from "../../lib/wasm/imports.ts";
import { parseModule } from "../../lib/wasm/module.ts";
import { wat } from "../support/wat.ts";

const WANTED = new Map([
  ["fd_write", "i32,i32,i32,i32->i32"],
  ["fd_seek", "i32,i64,i32,i32->i32"],
  ["proc_exit", "i32->"],
]);

const WASI = "wasi_snapshot_preview1";
const START = `(func (export "_start"))`, MEMORY = `(memory (export "memory") 1)`;
const COMMAND = START + MEMORY;

const denied = (message: string) => `import_denied: import ${message}`;
const unsupported = (message: string) => `wasm_unsupported: ${message}`;
const missing = (message: string) => `export_missing: ${message}`;

Deno.test("imports: what stands in a module's way", async () => {
  const noStart = missing('there is no exported function "_start", so it is no command');
  const noMemory = missing('there is no exported memory "memory"');
  const rows: [fields: string, problems: string[]][] = [
    [COMMAND, []],
    [
      `(import "${WASI}" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
       (import "${WASI}" "fd_seek" (func (param i32 i64 i32 i32) (result i32)))
       (import "${WASI}" "proc_exit" (func (param i32))) ${COMMAND}`,
      [],
    ],
    ["", [noStart, noMemory]],
    [MEMORY + `(func (export "_initialize"))`, [noStart]],
    [MEMORY + `(global (export "_start") i32 (i32.const 0))`, [noStart]],
    [
      MEMORY + `(func (export "_start") (param i32) (result i64) unreachable)`,
      [missing('function "_start" has the signature i32->i64, not ->')],
    ],
    [START + `(memory 1)`, [noMemory]],
    [START + `(memory (export "mem") 1) (func (export "memory"))`, [noMemory]],
    [
      `(import "${WASI}" "fd_write" (func (param i32)))
       (import "${WASI}" "path_teleport" (func))
       (import "env" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
       (import "${WASI}" "memory" (memory 1))
       (import "env" "t" (table 1 funcref))
       (import "env" "g" (global i32))
       (import "env" "e" (tag)) ${START} (export "memory" (memory 0))`,
      [
        denied(`"${WASI}" "fd_write" has the signature i32->, not i32,i32,i32,i32->i32`),
        denied(`"${WASI}" "path_teleport" is unknown`),
        denied(`"env" "fd_write" is not of "${WASI}"`),
        denied(`"${WASI}" "memory" is a memory, only functions can be imported`),
        denied(`"env" "t" is a table, only functions can be imported`),
        denied(`"env" "g" is a global, only functions can be imported`),
        denied(`"env" "e" is a tag, only functions can be imported`),
      ],
    ],
    [
      `(import "a\\0ab\\e2\\80\\ae" "\\1b[2J" (func)) ${COMMAND}`,
      [denied(`"a\\nb\\u{202e}" "\\u001b[2J" is not of "${WASI}"`)],
    ],
    [
      `(import "${WASI}" "toString" (func)) ${COMMAND}`,
      [denied(`"${WASI}" "toString" is unknown`)],
    ],
    [
      `${START} (memory (export "memory") i64 1)`,
      [unsupported("the memory has 64-bit addresses")],
    ],
    [
      `(import "${WASI}" "proc_exit" (func $f (param i32))) ${MEMORY} (export "_start" (func $f))`,
      [missing('function "_start" has the signature i32->, not ->')],
    ],
  ];
  for (const [fields, expected] of rows) {
    const module = parseModule(await wat(`(module ${fields})`));
    const found = interfaceProblems(module, WANTED, WASI);
    assertEquals(found.map(({ code, message }) => `${code}: ${message}`), expected);
    if (expected.length === 0) checkInterface(module, WANTED, WASI);
    else assertThrows(() => checkInterface(module, WANTED, WASI), LoadError);
  }
});

Deno.test("imports: memories that no limit could bound", () => {
  const rows: [memories: number[], message: string][] = [
    [[2, 0, 1, 0, 1], "there are 2 memories, only one can be bounded"],
    [[1, 3, 1, 2], "the memory is shared"],
    [[1, 4, 1], "the memory has 64-bit addresses"],
  ];
  for (const [memories, message] of rows) {
    const section = [5, memories.length, ...memories];
    const module = parseModule(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section));
    const [problem] = interfaceProblems(module, WANTED, WASI);
    assertEquals(problem, { code: "wasm_unsupported", message });
  }
});

Deno.test("imports: the error names each problem of the first kind, and is bounded", async () => {
  const refuse = async (fields: string) => {
    const module = parseModule(await wat(`(module ${fields})`));
    const error = assertThrows(() => checkInterface(module, WANTED, WASI));
    assertInstanceOf(error, LoadError);
    return error;
  };
  const both = await refuse(`(import "env" "a" (func)) (import "env" "b" (func))`);
  assertEquals(both.code, "import_denied");
  assertEquals(
    both.message,
    `import "env" "a" is not of "${WASI}"; import "env" "b" is not of "${WASI}"`,
  );
  const many = await refuse(`(import "env" "a" (func))`.repeat(150));
  assertEquals(many.message.split("; ").length, 101);
  assertEquals(many.message.split("; ").at(-1), "and 50 more");
});
