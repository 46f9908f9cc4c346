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
  /** Messages that were read to their end. */
  messages?: number;
}

const ROWS: Row[] = [
  { name: "nothing", steps: [4], reads: [""] },
  { name: "a message", steps: ["abc", 3], reads: ["abc"], messages: 1 },
  { name: "less than is asked for", steps: ["abc", 80], reads: ["abc"], messages: 1 },
  { name: "a message in two reads", steps: ["abc", 2, 2], reads: ["ab", "c"], messages: 1 },
  { name: "two messages in one read", steps: ["ab", "cd", 4], reads: ["abcd"], messages: 2 },
  { name: "two in one read with room", steps: ["ab", "cd", 80], reads: ["abcd"], messages: 2 },
  {
    name: "a read that ends within a message",
    steps: ["ab", "cd", 3],
    reads: ["abc"],
    messages: 1,
    available: 1,
  },
  { name: "the rest of it", steps: ["ab", "cd", 3, 3], reads: ["abc", "d"], messages: 2 },
  { name: "a read of nothing", steps: ["ab", 0], reads: [""], available: 2 },
  { name: "what is left", steps: ["ab", "cde", 3], reads: ["abc"], messages: 1, available: 2 },
  {
    name: "a push between reads",
    steps: ["ab", 1, "cd", 2, 2],
    reads: ["a", "bc", "d"],
    messages: 2,
  },
  {
    name: "a push after all was read",
    steps: ["ab", 2, 1, "cd", 2],
    reads: ["ab", "", "cd"],
    messages: 2,
  },
  { name: "characters of 1 to 4 bytes", steps: ["aé€😀", 80], reads: ["aé€😀"], messages: 1 },
  {
    name: "the same, one after another",
    steps: ["aé€😀", 1, 2, 3, 4],
    reads: ["a", "é", "€", "😀"],
    messages: 1,
  },
  { name: "bytes, not characters, are left", steps: ["a€", 1, "€€"], reads: ["a"], available: 9 },
];

for (const { name, steps, reads, available = 0, messages = 0 } of ROWS) {
  Deno.test(`pipe: ${name}`, () => {
    const pipe = new Pipe();
    const seen: string[] = [];
    for (const step of steps) {
      if (typeof step === "string") pipe.push(step);
      else seen.push(read(pipe, step));
    }
    assertEquals(seen, reads);
    assertEquals(pipe.available, available);
    assertEquals(pipe.bytesRead, new TextEncoder().encode(reads.join("")).length);
    assertEquals(pipe.messagesRead, messages);
    assertEquals(pipe.ended, false);
  });
}

Deno.test("pipe: after its end nothing is added, what is there can be read", () => {
  const pipe = new Pipe();
  pipe.push("ab");
  pipe.end();
  pipe.push("cd");
  assertEquals(pipe.ended, true);
  assertEquals(pipe.available, 2);
  assertEquals(read(pipe, 8), "ab");
  assertEquals(read(pipe, 8), "");
  assertEquals(pipe.bytesRead, 2);
});

Deno.test("pipe: a read leaves the rest of its target alone", () => {
  const pipe = new Pipe();
  pipe.push("ab");
  const target = new Uint8Array([9, 9, 9]);
  assertEquals(pipe.read(target), 2);
  assertEquals(target, new Uint8Array([97, 98, 9]));
});

const LONG = "a€".repeat(5000);

Deno.test("pipe: a long message, in pieces and at once", () => {
  const pipe = new Pipe();
  pipe.push(LONG);
  pipe.push("b");
  assertEquals(pipe.available, 20_001);
  assertEquals(read(pipe, 3) + read(pipe, 1), "a\ufffd\ufffd");
  assertEquals([pipe.available, pipe.messagesRead], [19_997, 0]);
  assertEquals(read(pipe, 40_000), LONG.slice(2) + "b");
  assertEquals([pipe.available, pipe.messagesRead, pipe.bytesRead], [0, 2, 20_001]);
});

Deno.test("pipe: what can be read is known as messages come and go", () => {
  const pipe = new Pipe();
  const seen: number[] = [];
  const step = (act: () => void) => {
    act();
    seen.push(pipe.available);
  };
  step(() => pipe.push("€"));
  step(() => pipe.push("ab"));
  step(() => read(pipe, 1));
  step(() => read(pipe, 3));
  pipe.push("cde");
  step(() => read(pipe, 80));
  step(() => pipe.push("f"));
  assertEquals(seen, [3, 5, 4, 1, 0, 1]);
});

function read(pipe: Pipe, size: number): string {
  const into = new Uint8Array(size);
  return new TextDecoder().decode(into.subarray(0, pipe.read(into)));
}
