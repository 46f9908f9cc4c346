// What follows an opcode: how far each kind of immediate reaches, and what is none.
import { assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { Reader } from "../../lib/wasm/bytes.ts";
import { CATCH_ALL, type Immediate, skipImmediate, skipMemarg } from "../../lib/wasm/immediates.ts";

/** The most bytes that integers of 32 and of 64 bits may take. */
const LONG32 = [0x80, 0x80, 0x80, 0x80, 0], LONG64 = [...new Array(9).fill(0x80), 0];
/** What comes after; it could be a part of any immediate. */
const REST = new Array<number>(16).fill(0);

/** A kind, and bytes that are one such immediate. */
const ROWS: readonly (readonly [kind: Immediate, bytes: readonly number[]])[] = [
  ["label", [0]],
  ["label", LONG32],
  ["labels", [0, 5]],
  ["labels", [0x82, 0, 1, ...LONG32, 0x80, 0]],
  ["blocktype", [0x40]],
  ["blocktype", [0x7f]],
  ["blocktype", [0x63, 0x80, 1]],
  ["blocktype", [0xc0, 0]],
  ["index", [0x7f]],
  ["index", LONG32],
  ["s32", [0x80, 0x7f]],
  ["s32", LONG32],
  ["s64", [0x80, 0x80, 0x80, 0x80, 0x80, 0]],
  ["s64", LONG64],
  ["f32", [0xff, 0xff, 0xff, 0xff]],
  ["f64", new Array(8).fill(0xff)],
  ["v128", new Array(16).fill(0xff)],
  ["lane", [0xff]],
  ["byte", [0xff]],
  ["heaptype", [0x70]],
  ["heaptype", [0x80, 0x80, 1]],
  ["valtypes", [0]],
  ["valtypes", [3, 0x7f, 0x64, 0x80, 1, 0x6f]],
  ["catches", [0]],
  ["catches", [1, 0, 1, 2]],
  ["catches", [1, 1, ...LONG32, ...LONG32]],
  ["catches", [1, 2, 1]],
  ["catches", [1, 3, ...LONG32]],
  ["catches", [4, 3, 1, 0, 1, 2, 2, 1, 1, 1, 2]],
  ["memarg", [0, 0]],
  ["memarg", [2, ...LONG64]],
  ["memarg", [0x42, ...LONG32, ...LONG64]],
];

Deno.test("immediates: each is skipped to its end, and cut off at any byte it is invalid", () => {
  for (const [kind, bytes] of ROWS) {
    const skip = (length: number) => {
      const reader = new Reader(Uint8Array.of(...bytes, ...REST), 0, length);
      skipImmediate(reader, kind);
      return reader.pos;
    };
    for (const more of [0, REST.length]) assertEquals(skip(bytes.length + more), bytes.length);
    for (let length = 0; length < bytes.length; length++) {
      const error = assertThrows(() => skip(length), LoadError);
      assertEquals(error.code, "wasm_invalid", `${kind} of ${bytes.slice(0, length)}`);
    }
  }
});

Deno.test("immediates: the flags of a memarg", () => {
  for (let flags = 0; flags <= 0x100; flags++) {
    const encoded = flags < 0x80 ? [flags] : [flags & 0x7f | 0x80, flags >> 7];
    const reader = new Reader(Uint8Array.of(...encoded, 0x80, 1, 0x80, 1, ...REST));
    const alignment = flags & 0x07;
    if (flags === alignment || flags === (0x40 | alignment)) {
      skipMemarg(reader);
      assertEquals(reader.pos, flags < 0x40 ? 3 : 5);
    } else {
      const error = assertThrows(() => skipMemarg(reader), LoadError, "memory flags 0x");
      assertEquals(error.code, "wasm_unsupported", `${flags}`);
    }
  }
});

Deno.test("immediates: the four kinds of catch clause", () => {
  for (let kind = 0; kind <= 0xff; kind++) {
    const reader = new Reader(Uint8Array.of(1, kind, 0, 0));
    const skip = () => skipImmediate(reader, "catches");
    if (kind < 4) {
      skip();
      assertEquals(reader.pos, kind < CATCH_ALL ? 4 : 3);
    } else {
      const error = assertThrows(skip, LoadError, "at offset 1");
      assertEquals(error.code, "wasm_unsupported");
    }
  }
});

Deno.test("immediates: an integer or a vector that is too long", () => {
  const rows: [kind: Immediate, bytes: number[], message: string][] = [
    ["s32", [0x80, ...LONG32], "more than 5 bytes at offset 0"],
    ["s64", [0x80, ...LONG64], "more than 10 bytes at offset 0"],
    ["memarg", [0, 0x80, ...LONG64], "more than 10 bytes at offset 1"],
    ["memarg", [0x40, 0x80, ...LONG32, 0], "more than 5 bytes at offset 1"],
    ["labels", [17], "17 elements do not fit in 16 bytes at offset 0"],
    ["valtypes", [17], "17 elements do not fit in 16 bytes at offset 0"],
    // Each takes two bytes at least.
    ["catches", [9], "9 elements do not fit in 16 bytes at offset 0"],
  ];
  for (const [kind, bytes, message] of rows) {
    const reader = new Reader(Uint8Array.of(...bytes, ...REST));
    const error = assertThrows(() => skipImmediate(reader, kind), LoadError, message);
    assertEquals(error.code, "wasm_invalid");
  }
});
