// The host's side of stdin.
import { assertEquals } from "@std/assert";
import { Pipe } from "../../lib/call/pipe.ts";

interface Row {
  name: string;
  /** A text is pushed; a number is the size of a read. */
  steps: (string | number)[];
  /** What the reads gave. */
  reads: string[];
  /** What can still be read. */
  available?: number;
}

const ROWS: Row[] = [
  { name: "nothing", steps: [4], reads: [""] },
  { name: "an empty chunk", steps: ["", 4], reads: [""] },
  { name: "a chunk", steps: ["abc", 3], reads: ["abc"] },
  { name: "less than is asked for", steps: ["abc", 8], reads: ["abc"] },
  { name: "a chunk in two reads", steps: ["abc", 2, 2], reads: ["ab", "c"] },
  { name: "two chunks in one read", steps: ["ab", "cd", 4], reads: ["abcd"] },
  { name: "a read that ends within a chunk", steps: ["ab", "cd", 3, 3], reads: ["abc", "d"] },
  { name: "a read of nothing", steps: ["ab", 0], reads: [""], available: 2 },
  { name: "what is left", steps: ["ab", "cde", 3], reads: ["abc"], available: 2 },
  { name: "a push between reads", steps: ["ab", 1, "cd", 2, 2], reads: ["a", "bc", "d"] },
  { name: "a push after all was read", steps: ["ab", 2, 1, "cd", 2], reads: ["ab", "", "cd"] },
];

for (const { name, steps, reads, available = 0 } of ROWS) {
  Deno.test(`pipe: ${name}`, () => {
    const pipe = new Pipe();
    const seen: string[] = [];
    for (const step of steps) {
      if (typeof step === "string") pipe.push(bytes(step));
      else seen.push(read(pipe, step));
    }
    assertEquals(seen, reads);
    assertEquals(pipe.available, available);
    assertEquals(pipe.bytesRead, reads.join("").length);
    assertEquals(pipe.ended, false);
  });
}

Deno.test("pipe: after its end nothing is added, what is there can be read", () => {
  const pipe = new Pipe();
  pipe.push(bytes("ab"));
  pipe.end();
  pipe.push(bytes("cd"));
  assertEquals(pipe.ended, true);
  assertEquals(pipe.available, 2);
  assertEquals(read(pipe, 8), "ab");
  assertEquals(read(pipe, 8), "");
  assertEquals(pipe.bytesRead, 2);
});

Deno.test("pipe: a read leaves the rest of its target alone", () => {
  const pipe = new Pipe();
  pipe.push(bytes("ab"));
  const target = new Uint8Array([9, 9, 9]);
  assertEquals(pipe.read(target), 2);
  assertEquals(target, new Uint8Array([97, 98, 9]));
});

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function read(pipe: Pipe, size: number): string {
  const into = new Uint8Array(size);
  return new TextDecoder().decode(into.subarray(0, pipe.read(into)));
}
