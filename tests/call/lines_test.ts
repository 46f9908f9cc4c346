// Bytes cut into lines, of a bounded length.
import { assertEquals } from "@std/assert";
import { Lines } from "../../lib/call/lines.ts";

interface Row {
  name: string;
  longest?: number;
  /** What is pushed, piece by piece. */
  pushes: string[];
  lines: string[];
  /** What is left to a flush. */
  flushed?: string[];
  /** Lengths of the lines that were too long. */
  tooLong?: number[];
}

const ROWS: Row[] = [
  { name: "nothing", pushes: [], lines: [] },
  { name: "an empty piece", pushes: [""], lines: [] },
  { name: "one line", pushes: ["abc\n"], lines: ["abc"] },
  { name: "two lines in one piece", pushes: ["a\nb\n"], lines: ["a", "b"] },
  { name: "a line in three pieces", pushes: ["a", "b", "c\n"], lines: ["abc"] },
  { name: "an end of its own", pushes: ["abc", "\n"], lines: ["abc"] },
  { name: "a piece with an end and a start", pushes: ["a\nb", "c\nd\n"], lines: ["a", "bc", "d"] },
  { name: "empty lines", pushes: ["\n\n", "\na\n"], lines: ["", "", "", "a"] },
  { name: "a carriage return is kept", pushes: ["a\r\n"], lines: ["a\r"] },
  { name: "a character in two pieces", pushes: ["\xc3", "\xa9\n"], lines: ["\xc3\xa9"] },
  { name: "no end", pushes: ["a\nb"], lines: ["a"], flushed: ["b"] },
  { name: "no end after two pieces", pushes: ["a", "b"], lines: [], flushed: ["ab"] },
  {
    name: "a long line after a short one, and a short one after it",
    longest: 10_000,
    pushes: ["x", "y\n", "a".repeat(255), "b".repeat(3_000), "c\nz", "\n"],
    lines: ["xy", "a".repeat(255) + "b".repeat(3_000) + "c", "z"],
  },
  { name: "the longest, in one piece", longest: 3, pushes: ["abc\n"], lines: ["abc"] },
  { name: "the longest, in pieces", longest: 3, pushes: ["ab", "c", "\n"], lines: ["abc"] },
  { name: "too long, in one piece", longest: 3, pushes: ["abcd\n"], lines: [], tooLong: [4] },
  {
    name: "too long, its end in sight",
    longest: 3,
    pushes: ["ab", "cd\n"],
    lines: [],
    tooLong: [4],
  },
  {
    name: "too long before its end: the rest is a new line",
    longest: 3,
    pushes: ["ab", "cd", "ef\ng\n"],
    lines: ["ef", "g"],
    tooLong: [4],
  },
  { name: "too long twice", longest: 1, pushes: ["abc", "de"], lines: [], tooLong: [3, 2] },
  {
    name: "only empty lines may be",
    longest: 0,
    pushes: ["\na\n\n"],
    lines: ["", ""],
    tooLong: [1],
  },
];

for (const { name, longest = 100, pushes, lines, flushed = [], tooLong = [] } of ROWS) {
  Deno.test(`lines: ${name}`, () => {
    const seen: string[] = [];
    const lengths: number[] = [];
    const cutter = new Lines(longest, {
      line: (line) => void seen.push(String.fromCharCode(...line)),
      lineTooLong: (length) => void lengths.push(length),
    });
    for (const text of pushes) {
      const piece = bytes(text);
      cutter.push(piece);
      piece.fill(0); // a guest's memory does not stay as it was
    }
    assertEquals(seen, lines);
    cutter.flush();
    cutter.flush();
    assertEquals(seen.slice(lines.length), flushed);
    assertEquals(lengths, tooLong);
  });
}

/** One byte a character. */
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
