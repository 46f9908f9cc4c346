import { assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { LEB32, LEB64, Reader, Writer } from "../../lib/wasm/bytes.ts";

/** Runs `read` on a reader of `bytes`, and answers the outcome: the value, or what the error says. */
function read(bytes: number[], read: (reader: Reader) => unknown): unknown {
  const reader = new Reader(Uint8Array.from(bytes));
  try {
    const value = read(reader);
    assertEquals(reader.done, true, "all bytes are read");
    return value;
  } catch (error) {
    if (!(error instanceof LoadError) || error.code !== "wasm_invalid") throw error;
    return error.message.replace("invalid wasm: ", "");
  }
}

function write(fill: (writer: Writer) => void): number[] {
  const writer = new Writer();
  fill(writer);
  return [...writer.finish()];
}

const LONG_U32 = "integer of more than 32 bits at offset 0";
const LONG_S33 = "integer of more than 33 bits at offset 0";
const LONG_U64 = "integer of more than 64 bits at offset 0";
const end = (offset: number) => `unexpected end at offset ${offset}`;

Deno.test("bytes: u32", () => {
  const rows: [number[], unknown][] = [
    [[0], 0],
    [[0x7f], 127],
    [[0x80, 1], 128],
    [[0xe5, 0x8e, 0x26], 624485],
    [[0x80, 0x80, 0x80, 0x80, 0x00], 0],
    [[0xff, 0xff, 0xff, 0xff, 0x0f], 0xffff_ffff],
    [[0xff, 0xff, 0xff, 0xff, 0x1f], LONG_U32],
    [[0x80, 0x80, 0x80, 0x80, 0x80, 0x00], LONG_U32],
    [[], end(0)],
    [[0x80], end(1)],
    [[0xff, 0xff, 0xff, 0xff], end(4)],
  ];
  for (const [bytes, expected] of rows) assertEquals(read(bytes, (it) => it.u32()), expected);
  for (const value of [0, 1, 127, 128, 16383, 16384, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
    assertEquals(read(write((it) => it.u32(value)), (it) => it.u32()), value);
  }
});

Deno.test("bytes: u64", () => {
  const rows: [number[], unknown][] = [
    [[5], 5n],
    [[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], 2n ** 63n],
    [[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02], LONG_U64],
    [[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], LONG_U64],
    [[0x80], end(1)],
  ];
  for (const [bytes, expected] of rows) assertEquals(read(bytes, (it) => it.u64()), expected);
  for (const value of [0n, 127n, 128n, 2n ** 32n, 2n ** 64n - 1n]) {
    assertEquals(read(write((it) => it.u64(value)), (it) => it.u64()), value);
  }
});

Deno.test("bytes: s33", () => {
  const rows: [number[], unknown][] = [
    [[0x40], -64],
    [[0x7f], -1],
    [[0x3f], 63],
    [[0xc0, 0x00], 64],
    [[0xc0, 0x7f], -64],
    [[0xff, 0xff, 0xff, 0xff, 0x0f], 0xffff_ffff],
    [[0x80, 0x80, 0x80, 0x80, 0x70], -0x1_0000_0000],
    [[0xff, 0xff, 0xff, 0xff, 0x7f], -1],
    [[0xff, 0xff, 0xff, 0xff, 0x1f], LONG_S33],
    [[0xff, 0xff, 0xff, 0xff, 0x4f], LONG_S33],
    [[0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], LONG_S33],
    [[0xff], end(1)],
  ];
  for (const [bytes, expected] of rows) assertEquals(read(bytes, (it) => it.s33()), expected);
  for (const value of [0, 63, 64, -65, 8191, -8193, 2 ** 20, 2 ** 27, -(2 ** 28), 2 ** 32 - 1]) {
    assertEquals(read(write((it) => it.s64(BigInt(value))), (it) => it.s33()), value);
  }
});

Deno.test("bytes: signed integers are written as short as can be", () => {
  const rows: [number, number[]][] = [
    [0, [0]],
    [63, [0x3f]],
    [64, [0xc0, 0x00]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [0x7fff_ffff, [0xff, 0xff, 0xff, 0xff, 0x07]],
    [-0x8000_0000, [0x80, 0x80, 0x80, 0x80, 0x78]],
  ];
  for (const [value, expected] of rows) {
    assertEquals(write((it) => it.s32(value)), expected);
    assertEquals(write((it) => it.s64(BigInt(value))), expected);
  }
  assertEquals(write((it) => it.s64(-(2n ** 63n))), [...new Array(9).fill(0x80), 0x7f]);
});

Deno.test("bytes: skipping an integer stops at the longest that is allowed", () => {
  const rows: [number[], number, unknown][] = [
    [[0], LEB32, undefined],
    [[0x80, 0x80, 0x80, 0x80, 0x78], LEB32, undefined],
    [[0x80, 0x80, 0x80, 0x80, 0x80, 0], LEB32, "integer of more than 5 bytes at offset 0"],
    [[...new Array(9).fill(0x80), 0x7f], LEB64, undefined],
    [[...new Array(10).fill(0x80), 0], LEB64, "integer of more than 10 bytes at offset 0"],
    [[], LEB32, end(0)],
    [[0x80, 0x80], LEB32, end(2)],
  ];
  for (const [bytes, longest, expected] of rows) {
    assertEquals(read(bytes, (it) => it.skipLeb(longest)), expected);
  }
});

Deno.test("bytes: names, lengths and ranges", () => {
  const rows: [number[], (reader: Reader) => unknown, unknown][] = [
    [[2, 0x68, 0x69], (it) => it.name(), "hi"],
    [[3, 0xef, 0xbb, 0xbf], (it) => it.name(), "\ufeff"],
    [[3, 0xed, 0xa0, 0x80], (it) => it.name(), "name that is not UTF-8 at offset 1"],
    [[4, 0x68, 0x69], (it) => it.name(), end(3)],
    [[0xff, 0xff, 0xff, 0xff, 0x0f], (it) => it.name(), end(5)],
    [[1, 2], (it) => [it.u8(), it.u8()], [1, 2]],
    [[1], (it) => [it.u8(), it.u8()], end(1)],
    [[1, 2, 3], (it) => it.skip(3), undefined],
    [[1, 2, 3], (it) => it.skip(4), end(3)],
    [[2, 0, 0], (it) => [it.count(), it.skip(2)], [2, undefined]],
    [[2, 0, 0], (it) => it.count(2), "2 elements do not fit in 2 bytes at offset 0"],
    [
      [0xff, 0xff, 0xff, 0xff, 0x0f, 0],
      (it) => it.count(),
      "4294967295 elements do not fit in 1 bytes at offset 0",
    ],
  ];
  for (const [bytes, using, expected] of rows) assertEquals(read(bytes, using), expected);
});

Deno.test("bytes: a sub-reader ends where it should, and speaks of offsets in the whole", () => {
  const reader = new Reader(Uint8Array.of(9, 0x80, 0x80, 7));
  reader.u8();
  const part = reader.sub(2);
  assertEquals([reader.pos, part.pos, part.end, part.bytes === reader.bytes], [3, 1, 3, true]);
  assertThrows(() => part.u32(), LoadError, "unexpected end at offset 3");
  assertEquals(reader.u8(), 7);
  assertThrows(() => reader.sub(1), LoadError, "unexpected end at offset 4");
  assertThrows(
    () => {
      throw reader.unsupported("thing", 3);
    },
    LoadError,
    "unsupported wasm: thing 0x07 at offset 3",
  );
});

Deno.test("bytes: a writer copies ranges of any length, nests, and hands over what it holds", () => {
  const source = Uint8Array.from({ length: 200 }, (_, i) => i);
  for (const [start, end] of [[0, 0], [3, 4], [10, 58], [10, 59], [0, 200]]) {
    const writer = new Writer(1);
    writer.u8(0xff);
    writer.bytes(source, start, end);
    assertEquals([...writer.view], [0xff, ...source.slice(start, end)]);
  }

  const body = new Writer();
  body.name("é");
  body.bytes([7, 8]);
  const writer = new Writer(0);
  writer.section(10, body);
  assertEquals([...writer.view], [10, 5, 2, 0xc3, 0xa9, 7, 8]);
  assertEquals(body.length, 5);
  body.clear();
  writer.sized(body);
  const bytes = writer.finish();
  assertEquals([...bytes], [10, 5, 2, 0xc3, 0xa9, 7, 8, 0]);
  assertEquals(bytes.buffer.byteLength, 8);
  assertEquals(writer.length, 0);
  writer.u8(1);
  assertEquals([...writer.finish()], [1]);
});
