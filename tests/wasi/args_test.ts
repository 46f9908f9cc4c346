import { assertEquals } from "@std/assert";
import { EFAULT } from "../../lib/wasi/abi.ts";
import { BAD_POINTERS, FakeContext } from "../support/wasi.ts";

/** Arguments and environment are the same functions over another list. */
const KINDS = [
  { list: "args", get: "args_get", sizes: "args_sizes_get" },
  { list: "env", get: "environ_get", sizes: "environ_sizes_get" },
] as const;

for (const { list, get, sizes } of KINDS) {
  Deno.test(`${get}, ${sizes}: strings and their table`, () => {
    const ctx = new FakeContext({ [list]: ["plugin", "", "ключ=值"] });
    assertEquals(ctx.call(sizes, 100, 104), 0);
    assertEquals([ctx.memory.u32(100), ctx.memory.u32(104)], [3, 7 + 1 + 13]);
    assertEquals(ctx.call(get, 200, 300), 0);
    assertEquals([0, 4, 8].map((i) => ctx.memory.u32(200 + i)), [300, 307, 308]);
    assertEquals(ctx.text(300, 21), "plugin\0\0ключ=值\0");
  });

  Deno.test(`${get}, ${sizes}: an empty list touches nothing`, () => {
    const ctx = new FakeContext();
    assertEquals(ctx.call(sizes, 0, 4), 0);
    assertEquals(ctx.memory.u64(0), 0n);
    assertEquals(ctx.call(get, 65_536, 65_536), 0);
  });

  Deno.test(`${get}, ${sizes}: bad pointers, and nothing half-written`, () => {
    const ctx = new FakeContext({ [list]: ["abc", "de"] });
    for (const bad of [...BAD_POINTERS, 65_533]) {
      assertEquals(ctx.call(sizes, bad, 0), EFAULT);
      assertEquals(ctx.call(sizes, 0, bad), EFAULT);
      assertEquals(ctx.call(get, bad, 0), EFAULT);
      assertEquals(ctx.call(get, 0, bad), EFAULT);
      assertEquals(ctx.memory.u64(0), 0n);
    }
    assertEquals(ctx.call(get, 65_536 - 7, 0), EFAULT);
    assertEquals(ctx.call(get, 0, 65_536 - 6), EFAULT);
    assertEquals(ctx.memory.u64(0), 0n);
    assertEquals(ctx.call(get, 65_536 - 8, 0), 0);
    assertEquals(ctx.call(get, 0, 65_536 - 7), 0);
  });
}
