import { assert, assertEquals, assertThrows } from "@std/assert";
import binaryen from "binaryen";
import { LoadError } from "../../lib/errors.ts";
import { Reader, Writer } from "../../lib/wasm/bytes.ts";
import { parseModule } from "../../lib/wasm/module.ts";
import {
  type Immediate,
  ONE_BYTE,
  type Opcode,
  OPCODES,
  PREFIXED,
  readOpcode,
  skipImmediates,
  skipValueType,
} from "../../lib/wasm/opcodes.ts";
import { wat } from "../support/wat.ts";

/** The codes that are instructions, written down from the specification and the proposals: by prefix, 0 for none. */
const KNOWN: Record<number, string> = {
  0: "00-15 18-1c 1f-26 28-c4 d0-d6",
  0xfb: "00-1e",
  0xfc: "00-11 13-16",
  0xfd: "00-99 9b-a1 a3-a4 a7-ae b1 b5-ba bc-c1 c3-c4 c7-ce d1 d5-e1 e3-ed ef-113",
  0xfe: "00-03 10-4e",
};

function codes(ranges: string): Set<number> {
  const known = new Set<number>();
  for (const range of ranges.split(" ")) {
    const [first, last = first] = range.split("-").map((it) => parseInt(it, 16));
    for (let code = first; code <= last; code++) known.add(code);
  }
  return known;
}

function encode(prefix: number, code: number): Uint8Array {
  const writer = new Writer();
  if (prefix === 0) {
    writer.u8(code);
  } else {
    writer.u8(prefix);
    writer.u32(code);
  }
  return writer.finish();
}

/** The operators of the defined function `index`. */
function operators(bytes: Uint8Array, index = 0): Opcode[] {
  const { bodies } = parseModule(bytes);
  const reader = new Reader(bytes, bodies.starts[index], bodies.ends[index]);
  for (let groups = reader.count(2); groups > 0; groups--) {
    reader.u32();
    skipValueType(reader);
  }
  const found: Opcode[] = [];
  while (!reader.done) {
    found.push(readOpcode(reader));
    skipImmediates(reader, found.at(-1)!);
  }
  return found;
}

function names(opcodes: readonly Opcode[]): string {
  return [...new Set(opcodes.map(({ name }) => name))].join(" ");
}

Deno.test("opcodes: each byte and each prefixed code is an instruction or unsupported", () => {
  for (const [prefix, ranges] of Object.entries(KNOWN).map(([key, it]) => [+key, it] as const)) {
    const known = codes(ranges);
    const last = prefix === 0 ? 0xff : 0x3ff;
    const beyond = prefix === 0 ? [] : [0x4000, 0xffff, 0x8000_0000, 0xffff_ffff];
    for (const code of [...Array(last + 1).keys(), ...beyond]) {
      if (prefix === 0 && PREFIXED.has(code)) continue;
      const bytes = encode(prefix, code);
      const reader = new Reader(bytes);
      if (known.has(code)) {
        const opcode = readOpcode(reader);
        assertEquals([opcode.prefix, opcode.code, reader.done], [prefix, code, true]);
      } else {
        const error = assertThrows(() => readOpcode(reader), LoadError);
        const hex = (it: number) => `0x${it.toString(16).padStart(2, "0")}`;
        const name = prefix === 0 ? hex(code) : `${hex(prefix)} ${hex(code)}`;
        assertEquals(error.code, "wasm_unsupported");
        assertEquals(error.message, `unsupported wasm: opcode ${name} at offset 0`);
      }
    }
  }
  assertEquals(PREFIXED.size, 4);
  assertEquals(OPCODES.length, Object.values(KNOWN).reduce((sum, it) => sum + codes(it).size, 0));
  assertEquals(ONE_BYTE.length, 256);
});

/** A module with one function, which has `body` where nothing is reachable, so that operands of any type are there. */
function unreachableBody(body: readonly number[]): Uint8Array<ArrayBuffer> {
  const code = [0, 0x00, ...body, 0x00, 0x0b];
  return Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 7, 2, 0x60, 0, 0, 0x5e, 0x7f, 1], // types: () -> (), (array (mut i32))
    ...[3, 2, 1, 0], // one function
    ...[4, 4, 1, 0x70, 0, 1], // one table
    ...[5, 3, 1, 0, 1], // one memory
    ...[10, code.length + 2, 1, code.length, ...code],
  );
}

Deno.test("opcodes: what the table lacks, the engine at hand does not accept either", () => {
  const guesses = [[], [0], [1], [2], [0, 0], [1, 0], [2, 0], [3, 0], [0, 0, 0], [0x6e], [0x40]];
  const accepted = (code: Uint8Array) =>
    guesses.some((guess) => WebAssembly.validate(unreachableBody([...code, ...guess])));
  assert(accepted(encode(0, 0x28)) && accepted(encode(0xfb, 0x0b)) && accepted(encode(0xfc, 0)));
  for (const [prefix, table] of [[0, ONE_BYTE] as const, ...PREFIXED]) {
    for (let code = 0; code < (prefix === 0 ? 0x100 : 0x200); code++) {
      if (table[code] || prefix === 0 && PREFIXED.has(code)) continue;
      assert(!accepted(encode(prefix, code)), `0x${prefix.toString(16)} 0x${code.toString(16)}`);
    }
  }
});

Deno.test("opcodes: a prefixed code may be written longer than it need be", () => {
  const reader = new Reader(Uint8Array.of(0xfd, 0x8e, 0x80, 0x80, 0x80, 0x00));
  assertEquals(readOpcode(reader).name, "i8x16.swizzle");
  assert(reader.done);
});

Deno.test("opcodes: 128-bit arithmetic", () => {
  const found = [0x13, 0x14, 0x15, 0x16].map((code) => PREFIXED.get(0xfc)![code]!);
  assertEquals(names(found), "i64.add128 i64.sub128 i64.mul_wide_s i64.mul_wide_u");
  for (const { immediates, cost } of found) assertEquals([immediates, cost], [[], 1]);
});

/** What wabt wants to read for an immediate. */
const TEXT: Partial<Record<Immediate, string>> = {
  index: "0",
  label: "0",
  labels: "0 0",
  s32: "-1",
  s64: "-1",
  f32: "1",
  f64: "1",
  v128: "i64x2 1 1",
  lane: "0",
  heaptype: "func",
  valtypes: "(result i32)",
};

/** Instructions that wabt cannot read on their own: parts of a construct, and proposals that it lacks. */
const NOT_ALONE = new Set(
  ("block loop if else end try catch catch_all delegate rethrow try_table ref.eq ref.as_non_null " +
    "br_on_null br_on_non_null call_ref return_call_ref i64.add128 i64.sub128 i64.mul_wide_s " +
    "i64.mul_wide_u").split(" "),
);

function operatorText({ name, immediates }: Opcode): string {
  if (name.includes("call_indirect")) return `${name} 0 (type 0)`;
  if (name === "i8x16.shuffle") return `${name}${" 0".repeat(16)}`;
  return [name, ...immediates.map((it) => TEXT[it] ?? "")].join(" ");
}

Deno.test("opcodes: names, codes and immediates are those of wabt", async () => {
  const known = OPCODES.filter(({ prefix, name }) => prefix !== 0xfb && !NOT_ALONE.has(name));
  const bytes = await wat(`(module
    (type (func)) (memory 1) (table 1 funcref) (global (mut i32) i32.const 0) (tag)
    (data "") (elem func 0)
    ${
    known.map((it) => `(func (local i32) unreachable ${operatorText(it)} unreachable)`).join("\n")
  }
  )`);
  const unreachable = ONE_BYTE[0x00], end = ONE_BYTE[0x0b];
  known.forEach((opcode, index) => {
    assertEquals(operators(bytes, index), [unreachable, opcode, unreachable, end]);
  });
});

Deno.test("opcodes: constructs are walked operator by operator", async () => {
  const rows: [text: string, expected: string, memory?: string][] = [
    ["block loop i32.const 0 br_if 1 end end", "block loop i32.const br_if end end"],
    ["i32.const 1 if nop else nop end", "i32.const if nop else nop end"],
    ["block i32.const 300 br_table 0 1 0 end", "block i32.const br_table end"],
    ["try nop catch 0 rethrow 0 catch_all end", "try nop catch rethrow catch_all end"],
    ["try nop delegate 0", "try nop delegate"],
    [
      "block block (result exnref) try_table (catch 0 1) (catch_ref 0 0) (catch_all 1) " +
      "(catch_all_ref 0) end unreachable end drop end",
      "block block try_table end unreachable end drop end",
    ],
    ["block (result i64) i64.const -9223372036854775808 end drop", "block i64.const end drop"],
    ["i32.const 1 block (type 1) drop end", "i32.const block drop end"],
    ["i32.const 0 i32.load offset=70000 align=1 drop", "i32.const i32.load drop"],
    ["i64.const 0 i64.load offset=0x100000000 drop", "i64.const i64.load drop", "i64 1"],
    [
      "i32.const 0 v128.const i32x4 1 2 3 4 v128.load8_lane 3 drop",
      "i32.const v128.const v128.load8_lane drop",
    ],
  ];
  for (const [text, expected, memory = "1"] of rows) {
    const bytes = await wat(`(module (type (func)) (type (func (param i32)))
      (memory ${memory}) (tag (type 0)) (func ${text}))`);
    assertEquals(operators(bytes).map(({ name }) => name).join(" "), `${expected} end`);
  }
});

Deno.test("opcodes: garbage collection and typed references, as binaryen writes them", () => {
  const module = binaryen.parseText(`(module
    (rec
      (type $s (sub (struct (field (mut i32)) (field i8))))
      (type $t (sub $s (struct (field (mut i32)) (field i8) (field (mut i64))))))
    (type $a (array (mut i16)))
    (type $f (array (mut funcref)))
    (type $v (func))
    (memory 1)
    (data $d "1234")
    (elem $e func $main)
    (func $main (export "main") (type $v)
      (local $s (ref null $s)) (local $a (ref null $a)) (local $f (ref null $f))
      (local $v (ref null $v)) (local $any anyref) (local $ex externref)
      (local.set $s (struct.new $s (i32.const 1) (i32.const 2)))
      (local.set $s (struct.new_default $t))
      (drop (struct.get $s 0 (local.get $s)))
      (drop (struct.get_s $s 1 (local.get $s)))
      (drop (struct.get_u $s 1 (local.get $s)))
      (struct.set $s 0 (local.get $s) (i32.const 1))
      (local.set $a (array.new $a (i32.const 1) (i32.const 2)))
      (local.set $a (array.new_default $a (i32.const 300)))
      (local.set $a (array.new_fixed $a 2 (i32.const 1) (i32.const 2)))
      (local.set $a (array.new_data $a $d (i32.const 0) (i32.const 1)))
      (local.set $f (array.new_elem $f $e (i32.const 0) (i32.const 1)))
      (drop (array.get $f (local.get $f) (i32.const 0)))
      (drop (array.get_s $a (local.get $a) (i32.const 0)))
      (drop (array.get_u $a (local.get $a) (i32.const 0)))
      (array.set $a (local.get $a) (i32.const 0) (i32.const 1))
      (drop (array.len (local.get $a)))
      (array.fill $a (local.get $a) (i32.const 0) (i32.const 1) (i32.const 1))
      (array.copy $a $a (local.get $a) (i32.const 0) (local.get $a) (i32.const 0) (i32.const 1))
      (array.init_data $a $d (local.get $a) (i32.const 0) (i32.const 0) (i32.const 1))
      (array.init_elem $f $e (local.get $f) (i32.const 0) (i32.const 0) (i32.const 1))
      (local.set $any (ref.i31 (i32.const 5)))
      (drop (i31.get_s (ref.cast (ref null i31) (local.get $any))))
      (drop (i31.get_u (ref.cast (ref i31) (local.get $any))))
      (drop (ref.test (ref $s) (local.get $any)))
      (drop (ref.test (ref null $s) (local.get $any)))
      (local.set $ex (extern.convert_any (local.get $any)))
      (local.set $any (any.convert_extern (local.get $ex)))
      (drop (ref.eq (local.get $s) (local.get $a)))
      (drop (block $cast (result (ref $s))
        (drop (br_on_cast $cast anyref (ref $s) (local.get $any)))
        (unreachable)))
      (drop (block $fail (result anyref)
        (drop (br_on_cast_fail $fail anyref (ref null $t) (local.get $any)))
        (unreachable)))
      (block $null (drop (br_on_null $null (local.get $v))))
      (drop (block $some (result (ref $v)) (br_on_non_null $some (local.get $v)) (unreachable)))
      (drop (ref.as_non_null (local.get $v)))
      (drop (ref.null none))
      (call_ref $v (local.get $v))
      (return_call_ref $v (local.get $v))))`);
  try {
    module.setFeatures(binaryen.Features.All);
    const bytes = Uint8Array.from(module.emitBinary());
    assert(WebAssembly.validate(bytes));
    const found = new Set(operators(bytes));
    const wanted = OPCODES.filter(({ prefix, code }) =>
      prefix === 0xfb || prefix === 0 && codes("14-15 d0 d3-d6").has(code)
    );
    assertEquals(wanted.filter((it) => !found.has(it)), []);
    const { addressTaken, types } = parseModule(bytes);
    assertEquals([...addressTaken], [1]);
    assertEquals(types.map(({ kind }) => kind).sort().join(" "), "array array func struct struct");
  } finally {
    module.dispose();
  }
});

Deno.test("opcodes: costs, lengths and control", () => {
  const select = (wanted: (opcode: Opcode) => unknown) => names(OPCODES.filter(wanted));
  assertEquals(
    select(({ cost }) => cost === 0),
    "unreachable nop block loop else end return drop",
  );
  assertEquals(
    select(({ bulk }) => bulk),
    "array.new array.new_default array.new_data array.new_elem array.fill array.copy " +
      "array.init_data array.init_elem memory.init memory.copy memory.fill table.init table.copy " +
      "table.grow table.fill",
  );
  const shared: Record<string, string> = {
    br_on: "br_on_null br_on_non_null br_on_cast br_on_cast_fail",
    throw: "throw rethrow throw_ref",
    call: "call call_indirect call_ref",
    tail_call: "return_call return_call_indirect return_call_ref",
  };
  for (const [control, expected] of Object.entries(shared)) {
    assertEquals(select((it) => it.control === control), expected);
  }
  assertEquals(
    select(({ name, control }) => control === name && !(control in shared)),
    "unreachable block loop if else try catch end br br_if br_table return delegate catch_all " +
      "try_table",
  );
});

/** Immediates of at least two bytes wherever that can be, so that there is something to cut off. */
const BYTES: Record<Immediate, number[]> = {
  label: [0x80, 0],
  labels: [0x81, 0, 0x80, 0, 0],
  blocktype: [0x63, 0x70],
  index: [0xff, 0xff, 0xff, 0xff, 0x0f],
  memarg: [0x42, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
  s32: [0x80, 0x80, 0x80, 0x80, 0x78],
  s64: [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f],
  f32: [0, 0, 0, 0],
  f64: [0, 0, 0, 0, 0, 0, 0, 0],
  v128: new Array(16).fill(0),
  lane: [1],
  heaptype: [0x80, 1],
  valtypes: [2, 0x7f, 0x64, 3],
  catches: [4, 0, 0x80, 0, 1, 1, 1, 1, 2, 1, 3, 0],
  byte: [0],
};

Deno.test("opcodes: each instruction that is cut off is wasm_invalid, and is never read beyond", () => {
  for (const opcode of OPCODES) {
    const bytes = [...encode(opcode.prefix, opcode.code)];
    for (const immediate of opcode.immediates) bytes.push(...BYTES[immediate]);
    const walk = (length: number) => {
      const reader = new Reader(Uint8Array.from(bytes), 0, length);
      skipImmediates(reader, readOpcode(reader));
      return reader.pos;
    };
    assertEquals(walk(bytes.length), bytes.length, opcode.name);
    for (let length = 0; length < bytes.length; length++) {
      const error = assertThrows(() => walk(length), LoadError);
      assertEquals(error.code, "wasm_invalid", opcode.name);
    }
  }
});

Deno.test("opcodes: an immediate of an unknown kind is unsupported, an overlong one invalid", () => {
  const rows: [number[], string][] = [
    [[0x28, 0x22, 0, 0], "unsupported wasm: memory flags 0x22 at offset 1"],
    [[0x28, 0x82, 0x01, 0], "unsupported wasm: memory flags 0x82 at offset 1"],
    [[0x1f, 0x40, 1, 4, 0], "unsupported wasm: catch clause 0x04 at offset 3"],
    [[0x02, 0x65], "unsupported wasm: value type 0x65 at offset 1"],
    [[0x02, 0x64, 0x62, 0], "unsupported wasm: heap type 0x62 at offset 2"],
    [[0xd0, 0x65, 0x6e], "unsupported wasm: heap type 0x65 at offset 1"],
    [[0x1c, 1, 0x67], "unsupported wasm: value type 0x67 at offset 2"],
    [[0x0c, 0x80, 0x80, 0x80, 0x80, 0x80, 0], "invalid wasm: integer of more than 5 bytes"],
    [[0x42, ...new Array(10).fill(0x80), 0], "invalid wasm: integer of more than 10 bytes"],
    [[0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 0], "invalid wasm: 4294967295 elements do not fit"],
    [[0x1c, 0xff, 0xff, 0xff, 0xff, 0x0f, 0], "invalid wasm: 4294967295 elements do not fit"],
    [[0x1f, 0x40, 0xff, 0xff, 0xff, 0xff, 0x0f], "invalid wasm: 4294967295 elements do not fit"],
  ];
  for (const [bytes, message] of rows) {
    const reader = new Reader(Uint8Array.from(bytes));
    assertThrows(() => skipImmediates(reader, readOpcode(reader)), LoadError, message);
  }
});
