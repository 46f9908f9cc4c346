import { assertEquals, assertThrows } from "@std/assert";
import { Fault, GuestMemory } from "../../lib/wasi/memory.ts";
import { wat } from "../support/wat.ts";

const PAGE = 65_536;

/** Each accessor, with the bytes that it touches. */
const ACCESSES: [name: string, bytes: number, access: (m: GuestMemory, ptr: number) => unknown][] =
  [
    ["u8", 1, (m, ptr) => m.u8(ptr)],
    ["u16", 2, (m, ptr) => m.u16(ptr)],
    ["u32", 4, (m, ptr) => m.u32(ptr)],
    ["u64", 8, (m, ptr) => m.u64(ptr)],
    ["setU8", 1, (m, ptr) => m.setU8(ptr, -1)],
    ["setU16", 2, (m, ptr) => m.setU16(ptr, -1)],
    ["setU32", 4, (m, ptr) => m.setU32(ptr, -1)],
    ["setU64", 8, (m, ptr) => m.setU64(ptr, -1n)],
    ["bytes", 100, (m, ptr) => m.bytes(ptr, 100)],
    ["set", 3, (m, ptr) => m.set(ptr, new Uint8Array([1, 2, 3]))],
    ["zero", 24, (m, ptr) => m.zero(ptr, 24)],
    ["check", 5, (m, ptr) => m.check(ptr, 5)],
  ];

for (const [name, bytes, access] of ACCESSES) {
  Deno.test(`guest memory: ${name} stops at the last byte`, () => {
    const memory = new GuestMemory(new WebAssembly.Memory({ initial: 1, maximum: 1 }));
    access(memory, 0);
    access(memory, PAGE - bytes);
    for (const ptr of [PAGE - bytes + 1, PAGE, 2 ** 31, 2 ** 32 - 1, 2 ** 33, -1, NaN, Infinity]) {
      assertThrows(() => access(memory, ptr), Fault);
    }
  });
}

Deno.test("guest memory: lengths", () => {
  const memory = new GuestMemory(new WebAssembly.Memory({ initial: 1, maximum: 1 }));
  assertEquals(memory.bytes(PAGE, 0).length, 0);
  assertEquals(memory.bytes(0, PAGE).length, PAGE);
  for (const [ptr, length] of [[0, PAGE + 1], [PAGE + 1, 0], [1, 2 ** 32 - 1], [8, -4], [0, NaN]]) {
    assertThrows(() => memory.bytes(ptr, length), Fault);
    assertThrows(() => memory.zero(ptr, length), Fault);
  }
});

Deno.test("guest memory: little-endian, at any alignment", () => {
  const memory = new GuestMemory(new WebAssembly.Memory({ initial: 1, maximum: 1 }));
  memory.setU64(1, 0x0807_0605_0403_0201n);
  assertEquals([...memory.bytes(0, 10)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 0]);
  assertEquals([memory.u8(3), memory.u16(3), memory.u32(3)], [3, 0x0403, 0x0605_0403]);
  assertEquals(memory.u64(1), 0x0807_0605_0403_0201n);
  memory.setU32(0, -1);
  assertEquals(memory.u32(0), 0xffff_ffff);
});

Deno.test("guest memory: follows growth, the host's and the guest's own", async () => {
  const wasm = new WebAssembly.Memory({ initial: 0, maximum: 3 });
  const memory = new GuestMemory(wasm);
  assertThrows(() => memory.u8(0), Fault);
  wasm.grow(1);
  memory.setU8(PAGE - 1, 7);
  assertThrows(() => memory.u8(PAGE), Fault);

  const bytes = await wat(`(module (import "host" "memory" (memory 0 3))
    (func (export "grow") (drop (memory.grow (i32.const 1)))))`);
  const guest = await WebAssembly.instantiate(
    await WebAssembly.compile(bytes),
    { host: { memory: wasm } },
  );
  (guest.exports.grow as () => void)();
  assertEquals(memory.u8(PAGE - 1), 7);
  memory.setU8(2 * PAGE - 1, 8);
  assertEquals(new Uint8Array(wasm.buffer)[2 * PAGE - 1], 8);
  assertThrows(() => memory.u8(2 * PAGE), Fault);
});
