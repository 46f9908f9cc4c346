import { assert, assertEquals } from "@std/assert";
import { WASI_FUNCTIONS } from "../../lib/wasi/table.ts";
import { wat } from "../support/wat.ts";
import { FakeContext } from "../support/wasi.ts";

/** The functions of wasi_snapshot_preview1.witx in its order, lowered to wasm. */
const SIGNATURES = `
  args_get i32,i32->i32
  args_sizes_get i32,i32->i32
  environ_get i32,i32->i32
  environ_sizes_get i32,i32->i32
  clock_res_get i32,i32->i32
  clock_time_get i32,i64,i32->i32
  fd_advise i32,i64,i64,i32->i32
  fd_allocate i32,i64,i64->i32
  fd_close i32->i32
  fd_datasync i32->i32
  fd_fdstat_get i32,i32->i32
  fd_fdstat_set_flags i32,i32->i32
  fd_fdstat_set_rights i32,i64,i64->i32
  fd_filestat_get i32,i32->i32
  fd_filestat_set_size i32,i64->i32
  fd_filestat_set_times i32,i64,i64,i32->i32
  fd_pread i32,i32,i32,i64,i32->i32
  fd_prestat_get i32,i32->i32
  fd_prestat_dir_name i32,i32,i32->i32
  fd_pwrite i32,i32,i32,i64,i32->i32
  fd_read i32,i32,i32,i32->i32
  fd_readdir i32,i32,i32,i64,i32->i32
  fd_renumber i32,i32->i32
  fd_seek i32,i64,i32,i32->i32
  fd_sync i32->i32
  fd_tell i32,i32->i32
  fd_write i32,i32,i32,i32->i32
  path_create_directory i32,i32,i32->i32
  path_filestat_get i32,i32,i32,i32,i32->i32
  path_filestat_set_times i32,i32,i32,i32,i64,i64,i32->i32
  path_link i32,i32,i32,i32,i32,i32,i32->i32
  path_open i32,i32,i32,i32,i32,i64,i64,i32,i32->i32
  path_readlink i32,i32,i32,i32,i32,i32->i32
  path_remove_directory i32,i32,i32->i32
  path_rename i32,i32,i32,i32,i32,i32->i32
  path_symlink i32,i32,i32,i32,i32->i32
  path_unlink_file i32,i32,i32->i32
  poll_oneoff i32,i32,i32,i32->i32
  proc_exit i32->
  proc_raise i32->i32
  sched_yield ->i32
  random_get i32,i32->i32
  sock_accept i32,i32,i32->i32
  sock_recv i32,i32,i32,i32,i32,i32->i32
  sock_send i32,i32,i32,i32,i32->i32
  sock_shutdown i32,i32->i32`;

Deno.test("wasi table: all 46 functions, in the order and with the types of the specification", () => {
  const listed = SIGNATURES.trim().split("\n").map((line) => line.trim());
  const found = WASI_FUNCTIONS.map((f) => `${f.name} ${f.params}->${f.results}`);
  assertEquals(listed.length, 46);
  assertEquals(found, listed);
});

Deno.test("wasi table: each handler takes what its signature has", () => {
  for (const { name, params, handler } of WASI_FUNCTIONS) {
    // Path handlers are the same for all, and take none.
    assert(name.startsWith("path_") || handler.length === 1 + params.length, name);
  }
});

Deno.test("wasi table: a guest can import and call every function", async () => {
  const ctx = new FakeContext();
  const type = ({ params, results }: typeof WASI_FUNCTIONS[number]) =>
    `${params.map((p) => `(param ${p})`).join("")}${results.map((r) => `(result ${r})`).join("")}`;
  const bytes = await wat(`(module
    ${
    WASI_FUNCTIONS.map((f) => `(import "wasi" "${f.name}" (func $${f.name} ${type(f)}))`).join("\n")
  }
    (import "wasi" "memory" (memory 1 1024))
    ${
    WASI_FUNCTIONS.map((f) =>
      `(func (export "${f.name}") ${f.results.length ? "(result i32)" : ""}
        ${f.params.map((p) => `(${p}.const -1)`).join("")} (call $${f.name}))`
    ).join("\n")
  })`);
  const imports: Record<string, WebAssembly.ImportValue> = { memory: ctx.wasm };
  const answers: Record<string, number> = {};
  for (const { name } of WASI_FUNCTIONS) {
    imports[name] = (...args: (number | bigint)[]) => answers[name] = ctx.call(name, ...args);
  }
  const guest = await WebAssembly.instantiate(
    await WebAssembly.compile(bytes),
    { wasi: imports },
  );
  for (const { name } of WASI_FUNCTIONS) (guest.exports[name] as () => void)();
  assertEquals(Object.keys(answers), WASI_FUNCTIONS.map((f) => f.name));
  assertEquals(ctx.exitCode, 0xffff_ffff);
});
