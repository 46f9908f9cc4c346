// Path functions: each is refused under its own name, and looks at nothing.
import { assertEquals } from "@std/assert";
import { ENOTCAPABLE } from "../../lib/wasi/abi.ts";
import type { WasiContext } from "../../lib/wasi/context.ts";
import { refusePath } from "../../lib/wasi/path.ts";
import { WASI_FUNCTIONS } from "../../lib/wasi/table.ts";

/** A context of which a handler may use `deny` alone. */
function onlyDeny(): { ctx: WasiContext; denied: string[] } {
  const denied: string[] = [];
  const deny = (name: string) => void denied.push(name);
  const ctx = new Proxy({ deny } as WasiContext, {
    get(target, key) {
      if (key !== "deny") throw new Error(`${String(key)} was looked at`);
      return target.deny;
    },
    set(_target, key) {
      throw new Error(`${String(key)} was changed`);
    },
  });
  return { ctx, denied };
}

Deno.test("path: the answer is ENOTCAPABLE, and nothing but deny is used", () => {
  const { ctx, denied } = onlyDeny();
  assertEquals(refusePath("path_open")(ctx), ENOTCAPABLE);
  assertEquals(denied, ["path_open"]);
});

Deno.test("path: each call is recorded, under the name of the handler", () => {
  const { ctx, denied } = onlyDeny();
  const open = refusePath("path_open"), link = refusePath("path_link");
  for (const handler of [open, link, open, open]) assertEquals(handler(ctx), ENOTCAPABLE);
  assertEquals(denied, ["path_open", "path_link", "path_open", "path_open"]);
});

Deno.test("path: a handler is for any run", () => {
  const one = onlyDeny(), other = onlyDeny();
  const handler = refusePath("path_rename");
  handler(one.ctx);
  assertEquals([one.denied, other.denied], [["path_rename"], []]);
  handler(other.ctx);
  assertEquals([one.denied, other.denied], [["path_rename"], ["path_rename"]]);
});

/** Descriptors and pointers that would be good, and such as no memory has. */
const ARGUMENTS: readonly number[] = [0, 3, 65_536, 0x7fff_ffff, -0x8000_0000, -1];

Deno.test("path: whatever the arguments, in WASI's table too", () => {
  const paths = WASI_FUNCTIONS.filter(({ name }) => name.startsWith("path_"));
  assertEquals(paths.map(({ name }) => name).toSorted(), [
    "path_create_directory",
    "path_filestat_get",
    "path_filestat_set_times",
    "path_link",
    "path_open",
    "path_readlink",
    "path_remove_directory",
    "path_rename",
    "path_symlink",
    "path_unlink_file",
  ]);
  for (const { name, params, handler } of paths) {
    for (const value of ARGUMENTS) {
      const { ctx, denied } = onlyDeny();
      const args = params.map((type) => type === "i64" ? BigInt(value) : value);
      assertEquals([name, handler(ctx, ...args)], [name, ENOTCAPABLE]);
      assertEquals(denied, [name]);
    }
  }
});
