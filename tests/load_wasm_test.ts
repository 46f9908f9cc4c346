// Modules that are refused, and how the refusal says why.
import { assert, assertEquals } from "@std/assert";
import { type ErrorCode, loadPlugin } from "../mod.ts";
import { assertPluginError, guest, refused, rejection } from "./support/plugin.ts";
import { wat } from "./support/wat.ts";

const MEMORY = `(memory (export "memory") 1)`;
const START = `(func (export "_start"))`;

/** A command with imports of its own. */
function command(imports: string): string {
  return `(module ${imports} ${MEMORY} ${START})`;
}

/** A command that imports a WASI function, with the type given. */
function wasi(name: string, type: string): string {
  return command(`(import "wasi_snapshot_preview1" "${name}" (func ${type}))`);
}

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

type Refused = [name: string, module: string | number[], code: ErrorCode, message: RegExp];

const REFUSED: Refused[] = [
  ["nothing", [], "wasm_invalid", /no bytes/],
  ["not wasm", [...new TextEncoder().encode("<!doctype html>")], "wasm_invalid", /offset 0/],
  ["half a header", HEADER.slice(0, 6), "wasm_invalid", /./],
  ["a wrong version", [...HEADER.slice(0, 4), 2, 0, 0, 0], "wasm_unsupported", /version/],
  ["a component", [...HEADER.slice(0, 4), 0x0d, 0, 1, 0], "wasm_unsupported", /component/],
  ["an empty module", HEADER, "export_missing", /_start/],
  ["no _start", `(module ${MEMORY})`, "export_missing", /_start/],
  ["no memory", `(module ${START})`, "export_missing", /memory/],
  ["a memory that is not exported", `(module (memory 1) ${START})`, "export_missing", /memory/],
  [
    "a memory of another name",
    `(module (memory (export "m") 1) ${START})`,
    "export_missing",
    /"memory"/,
  ],
  [
    "a _start that takes a parameter",
    `(module ${MEMORY} (func (export "_start") (param i32)))`,
    "export_missing",
    /_start.*i32/,
  ],
  [
    "a _start that is a global",
    `(module ${MEMORY} (global (export "_start") i32 (i32.const 0)))`,
    "export_missing",
    /_start/,
  ],
  [
    "a memory that is a function",
    `(module (func (export "_start") (export "memory")))`,
    "export_missing",
    /"memory"/,
  ],
  [
    "an import that is not WASI",
    command(`(import "env" "abort" (func))`),
    "import_denied",
    /"env" "abort"/,
  ],
  ["a WASI function that there is not", wasi("fd_frob", ""), "import_denied", /fd_frob/],
  [
    "an older WASI",
    command(`(import "wasi_unstable" "proc_exit" (func (param i32)))`),
    "import_denied",
    /wasi_unstable/,
  ],
  [
    "a WASI function with wrong parameters",
    wasi("fd_write", "(param i32) (result i32)"),
    "import_denied",
    /fd_write.*i32->i32.*i32,i32,i32,i32->i32/,
  ],
  [
    "a WASI function with a wrong result",
    wasi("proc_exit", "(param i32) (result i32)"),
    "import_denied",
    /proc_exit/,
  ],
  [
    "an imported memory",
    `(module (import "env" "memory" (memory 1)) (export "memory" (memory 0)) ${START})`,
    "import_denied",
    /memory/,
  ],
  ["an imported global", command(`(import "env" "g" (global i32))`), "import_denied", /global/],
  [
    "an imported table",
    command(`(import "wasi_snapshot_preview1" "t" (table 1 funcref))`),
    "import_denied",
    /table/,
  ],
  [
    "a shared memory",
    `(module (memory (export "memory") 1 2 shared) ${START})`,
    "wasm_unsupported",
    /shared/,
  ],
  [
    "a 64-bit memory",
    `(module (memory (export "memory") i64 1) ${START})`,
    "wasm_unsupported",
    /64/,
  ],
  ["two memories", `(module ${MEMORY} (memory 1) ${START})`, "wasm_unsupported", /memories/],
  [
    "a name that the rewriter needs",
    `(module ${MEMORY} ${START} (func (export "__rt_fuel")))`,
    "wasm_unsupported",
    /__rt_fuel/,
  ],
];

for (const [name, module, code, message] of REFUSED) {
  Deno.test(`wasm refused: ${name}`, async () => {
    const wasm = typeof module === "string" ? await wat(module) : new Uint8Array(module);
    await refused(loadPlugin({ name: "test-plugin" }, { wasm }), { code, message });
  });
}

Deno.test("wasm refused: what the engine says of it cannot move a cursor", async () => {
  const exports = `(export "\\1b[2J" (memory 0)) (export "\\1b[2K" (memory 0))`;
  const wasm = await wat(`(module ${MEMORY} ${START} ${exports})`);
  // The same name twice.
  wasm[wasm.lastIndexOf("K".charCodeAt(0))] = "J".charCodeAt(0);
  const error = await rejection(loadPlugin({ name: "test-plugin" }, { wasm }));
  assertPluginError(error, { code: "wasm_invalid", message: /\[2J[^\p{Cc}]*$/u });
});

Deno.test("wasm refused: every import that is denied is named, and the plugin", async () => {
  const imports = ["a", "b", "c"].map((name) => `(import "env" "${name}" (func))`).join("");
  const wasm = await wat(command(imports));
  const error = await rejection(loadPlugin({ name: "some plugin" }, { wasm }));
  assertPluginError(error, { code: "import_denied", message: /"some plugin".*"a".*"b".*"c"/ });
});

Deno.test("wasm truncated at any byte is refused, unless that is a module", async () => {
  const whole = await guest("script");
  const codes = new Set<string>();
  for (let length = 0; length < whole.length; length++) {
    const wasm = whole.slice(0, length);
    const loading = loadPlugin({ name: "test-plugin" }, { wasm });
    // What ends between the code and the section of names is the same guest without names.
    const outcome = await loading.then(
      (plugin) => plugin.close().then(() => "loaded"),
      (error) => error.code,
    );
    codes.add(outcome);
    if (!WebAssembly.validate(wasm)) assertEquals(outcome, "wasm_invalid", `at ${length}`);
    else assert(["export_missing", "loaded"].includes(outcome), `at ${length}: ${outcome}`);
  }
  assertEquals([...codes].sort(), ["export_missing", "loaded", "wasm_invalid"]);
});

const REFUSALS = new Set(["wasm_invalid", "wasm_unsupported", "import_denied", "export_missing"]);

Deno.test("wasm with one bit flipped loads, or is refused with a code", async () => {
  const whole = await guest("script");
  for (let at = 0; at < whole.length; at += 3) {
    const wasm = whole.slice();
    wasm[at] ^= 1 << (at % 8);
    const outcome = await loadPlugin({ name: "test-plugin" }, { wasm }).then(
      (plugin) => plugin.close().then(() => "loaded"),
      (error) => error.code ?? error,
    );
    if (WebAssembly.validate(wasm)) assert(/^[a-z_]+$/.test(outcome), `at ${at}: ${outcome}`);
    else assert(REFUSALS.has(outcome), `at ${at}: ${outcome}`);
  }
});
