// The list of what is to be inserted into a body, kept as columns that grow.
import { assertEquals, assertStrictEquals } from "@std/assert";
import { Edits, enlarge, Kind } from "../../lib/wasm/edits.ts";

/** The columns of one edit. */
type Row = [at: number, kind: number, value: number, paid: number, skip: number];

function rowsOf({ count, at, kind, value, paid, skip }: Edits): Row[] {
  return Array.from({ length: count }, (_, i) => [at[i], kind[i], value[i], paid[i], skip[i]]);
}

Deno.test("edits: value and skip are 0 unless they are given, and paid is", () => {
  const edits = new Edits();
  assertEquals(edits.add(7, Kind.Flush), 0);
  assertEquals(edits.add(7, Kind.Allocate, -16), 1);
  assertEquals(edits.add(2 ** 31 - 1, Kind.Label, 2 ** 31 - 1, 5), 2);
  assertEquals(edits.add(2 ** 31 - 1, Kind.Charge, -(2 ** 31), 255), 3);
  edits.paid[1] = 9;
  assertEquals(rowsOf(edits), [
    [7, Kind.Flush, 0, 0, 0],
    [7, Kind.Allocate, -16, 9, 0],
    [2 ** 31 - 1, Kind.Label, 2 ** 31 - 1, 0, 5],
    [2 ** 31 - 1, Kind.Charge, -(2 ** 31), 0, 255],
  ]);
});

// Room is made for as many again each time that there is none left.
for (const count of [1, 63, 64, 65, 128, 129, 5000]) {
  Deno.test(`edits: ${count} of them are all kept`, () => {
    const edits = new Edits();
    const expected: Row[] = [];
    for (let i = 0; i < count; i++) {
      const row: Row = [3 * i, i % 16, i - 700, i % 5, i % 6];
      const [at, kind, value, paid, skip] = row;
      assertEquals(edits.add(at, kind, value, skip), i);
      edits.paid[i] = paid;
      expected.push(row);
    }
    assertEquals(edits.count, count);
    assertEquals(rowsOf(edits), expected);
  });
}

Deno.test("edits: nothing is left of an edit in whose place another comes", () => {
  const edits = new Edits();
  for (let i = 0; i < 70; i++) edits.paid[edits.add(i, Kind.LoopHead, 3, 2)] = 4;
  edits.count = 0;
  assertEquals(edits.add(1, Kind.Check), 0);
  assertEquals(edits.add(2, Kind.Reload), 1);
  assertEquals(rowsOf(edits), [[1, Kind.Check, 0, 0, 0], [2, Kind.Reload, 0, 0, 0]]);
});

Deno.test("edits: no two kinds are the same", () => {
  const kinds = Object.values(Kind);
  assertEquals([...new Set(kinds)], kinds);
});

Deno.test("edits: a longer array begins as the one that it is to replace", () => {
  type Column = Int32Array | Uint8Array | Int8Array;
  const rows: [from: Column, to: Column, expected: number[]][] = [
    [Int32Array.of(-1, 2 ** 31 - 1), new Int32Array(4), [-1, 2 ** 31 - 1, 0, 0]],
    [Uint8Array.of(255, 1), new Uint8Array(3), [255, 1, 0]],
    [Int8Array.of(-1, 1), Int8Array.of(5, 5, 5), [-1, 1, 5]],
  ];
  for (const [from, to, expected] of rows) {
    assertStrictEquals(enlarge(from, to), to);
    assertEquals([...to], expected);
  }
});
