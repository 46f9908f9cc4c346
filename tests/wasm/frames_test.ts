// The constructs that are open in a body, and the labels that metering adds around them.
import { assertEquals } from "@std/assert";
import { Frame, Frames } from "../../lib/wasm/frames.ts";

type Name = keyof typeof Frame;

/** A kind, whether branches to it go back, and how many labels are added around it. */
const KINDS: readonly (readonly [name: Name, isLoop: boolean, added: number])[] = [
  ["Function", false, 0],
  ["Block", false, 0],
  ["Loop", true, 3],
  ["ParamLoop", true, 1],
  ["If", false, 0],
  ["Try", false, 0],
  ["TryTable", false, 0],
];

/** Frames of these kinds, each in the one before; the first is in the function. */
function opened(...names: Name[]): Frames {
  const frames = new Frames();
  names.forEach((name, i) => frames.open(i + 1, Frame[name]));
  return frames;
}

Deno.test("frames: each kind", () => {
  assertEquals(KINDS.map(([name]) => name), Object.keys(Frame) as Name[]);
  for (const [name, isLoop, added] of KINDS) {
    const frames = opened("Block", name);
    const found = [frames.kind(2), frames.isLoop(2), frames.addedBetween(2, 1)];
    assertEquals<unknown>(found, [Frame[name], isLoop, added], name);
  }
});

Deno.test("frames: the function is open from the beginning", () => {
  const frames = new Frames();
  assertEquals([frames.kind(0), frames.isLoop(0)], [Frame.Function, false]);
  assertEquals(frames.addedBetween(0, 0), 0);
});

Deno.test("frames: labels are those of what is in between, the target's own left out", () => {
  const frames = opened("Loop", "Block", "ParamLoop", "Try", "Loop");
  const rows: [from: number, added: number[]][] = [
    [0, [0]],
    [1, [3, 0]],
    [2, [3, 0, 0]],
    [3, [4, 1, 1, 0]],
    [4, [4, 1, 1, 0, 0]],
    [5, [7, 4, 4, 3, 3, 0]],
  ];
  for (const [from, added] of rows) {
    assertEquals(added.map((_, frame) => frames.addedBetween(from, frame)), added);
  }
});

Deno.test("frames: with its else, an if is a block", () => {
  const frames = opened("Loop", "If", "Loop");
  frames.hasElse(2);
  assertEquals([1, 2, 3].map((it) => frames.kind(it)), [Frame.Loop, Frame.Block, Frame.Loop]);
  assertEquals([frames.addedBetween(3, 2), frames.addedBetween(2, 0)], [3, 3]);
});

Deno.test("frames: one that is opened again is what it is opened as", () => {
  const frames = opened("Loop", "ParamLoop", "Loop");
  frames.open(2, Frame.Block);
  assertEquals([frames.kind(2), frames.isLoop(2), frames.addedBetween(2, 0)], [
    Frame.Block,
    false,
    3,
  ]);
  frames.open(1, Frame.Try);
  frames.open(2, Frame.Loop);
  assertEquals([frames.isLoop(2), frames.addedBetween(2, 0)], [true, 3]);
});
