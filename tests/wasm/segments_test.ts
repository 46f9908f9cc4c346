// What the segments of a body cost, and who pays for what follows the points where they meet.
import { assertEquals } from "@std/assert";
import { Edits, Kind } from "../../lib/wasm/edits.ts";
import { Segments } from "../../lib/wasm/segments.ts";

const { Charge } = Kind;
/** The most units that are paid ahead. */
const MOST_AHEAD = 2 ** 24;

type Build = (segments: Segments) => void;

/** What is taken in the end: at entry, then by each edit; and after a plus sign for callees. */
function take(
  build: Build,
  hasLoops: boolean,
  edits = new Edits(),
  segments = new Segments(edits),
) {
  edits.count = 0;
  segments.reset();
  build(segments);
  segments.finish(hasLoops);
  const words = [[segments.entryOwn, segments.entryPaid]];
  for (let i = 0; i < edits.count; i++) words.push([edits.value[i], edits.paid[i]]);
  return words.map(([own, paid]) => `${own}${paid === 0 ? "" : `+${paid}`}`).join(" ");
}

/** Frame 1, which something leaves for the function; what follows it, an edit at the end, costs so much. */
function meeting(inside: Build, own: number, paid = 0): Build {
  return (it) => {
    it.open(1);
    it.branch(1, 0);
    inside(it);
    it.close(1);
    it.join(1, 0, Charge);
    it.spend(own);
    it.pay(paid);
  };
}

/** A segment in frame 1 which leads to its label. */
const leading = (own: number, paid = 0): Build => (it) => {
  it.cut(0, Charge);
  it.spend(own);
  it.pay(paid);
  it.lead(1);
};

/** A conditional branch to the label of frame 1, and a segment that follows it. */
const staying = (own: number): Build => (it) => {
  it.lead(1);
  it.cut(0, Charge);
  it.stay(1);
  it.spend(own);
};

const both = (...builds: Build[]): Build => (it) => builds.forEach((build) => build(it));

/** An `if`, which is frame 1, and its first arm. */
const arm = (own: number, paid: number): Build => (it) => {
  it.open(1);
  it.begin(1, 0, Charge);
  it.spend(own);
  it.pay(paid);
};

/** The second arm, and the end. */
const otherwise = (own: number, paid: number): Build => (it) => {
  it.otherwise(1, 0, Charge);
  it.spend(own);
  it.pay(paid);
  it.resume(1);
};

/** The end of one without a second arm, and so many units after it. */
const passOver = (own: number): Build => (it) => {
  it.passOver(1);
  it.join(1, 0, Charge);
  it.spend(own);
};

/** What is taken in a body without loops, and what is in one with loops, if that is not the same. */
const ROWS: readonly (readonly [name: string, build: Build, taken: string, inLoops?: string])[] = [
  ["nothing", () => {}, "1"],
  ["each its own", both((it) => it.spend(2), leading(3, 40), leading(5, 6)), "3 3+40 5+6"],
  ["who meet pay ahead", meeting(leading(4), 10), "1 4 10", "1 14 0"],
  ["for callees too, and then without loops as well", meeting(leading(4, 5), 10, 7), "1 14+12 0"],
  ["as many have to take", meeting(both(leading(4), leading(0)), 10), "1 4 0 10", "1 14 10 0"],
  ["two more would have to", meeting(both(leading(4), leading(0), leading(0)), 1), "1 4 0 0 1"],
  ["who goes on gets it back", meeting(both(staying(4), leading(0)), 10), "1 4 0 10", "11 -6 10 0"],
  ["what is got back is all", meeting(staying(10), 10), "1 10 10", "11 0 0"],
  [
    "and two others have to take instead",
    meeting(both(staying(10), leading(0), leading(0)), 10),
    "1 10 0 0 10",
    "11 0 10 10 0",
  ],
  [
    "the most that is paid ahead",
    meeting(leading(4), MOST_AHEAD - 1, 1),
    `1 4 ${MOST_AHEAD - 1}+1`,
    `1 ${MOST_AHEAD + 3}+1 0`,
  ],
  ["more than the most", meeting(leading(4), MOST_AHEAD, 1), `1 4 ${MOST_AHEAD}+1`],
  [
    "meetings one after another",
    both(meeting((it) => it.lead(1), 3), meeting((it) => it.lead(1), 2)),
    "1 3 2",
    "6 0 0",
  ],
  ["nobody pays for what is pinned", meeting(both(leading(4), (it) => it.pin(1)), 10), "1 4 10"],
  ["what both arms take", both(arm(5, 7), otherwise(3, 9)), "4+7 2 0+2"],
  ["what only one arm takes", both(arm(5, 0), otherwise(0, 9)), "1 5 0+9"],
  ["who passes over an arm pays ahead", both(arm(5, 0), passOver(3)), "1 5 3", "4 2 0"],
];

Deno.test("segments: what is taken, of which nothing is left to the next body", () => {
  const edits = new Edits();
  const segments = new Segments(edits);
  for (const [name, build, taken, inLoops = taken] of [...ROWS, ...ROWS]) {
    assertEquals(take(build, false, edits, segments), taken, name);
    assertEquals(take(build, true, edits, segments), inLoops, `${name}, in loops`);
  }
});

Deno.test("segments: a frame is whole unless something in it leads further out", () => {
  const rows: [build: Build, whole: boolean[]][] = [
    [() => {}, [true, true, true]],
    [(it) => it.branch(3, 3), [true, true, true]],
    [(it) => it.branch(3, 2), [false, true, true]],
    [(it) => it.branch(3, 1), [false, false, true]],
    [both((it) => it.branch(3, 1), (it) => it.branch(3, 2)), [false, false, true]],
    [(it) => it.branch(3, -1), [false, false, false]],
    [(it) => it.branch(2, 0), [true, false, false]],
  ];
  for (const [build, whole] of rows) {
    const segments = new Segments(new Edits());
    segments.reset();
    for (const frame of [1, 2, 3]) segments.open(frame);
    build(segments);
    assertEquals([3, 2, 1].map((frame) => segments.close(frame)), whole);
  }
});

Deno.test("segments: the open segment, and whose it is after a whole frame", () => {
  const edits = new Edits();
  const segments = new Segments(edits);
  segments.reset();
  const open = () => [segments.taker, segments.own, segments.paid];
  assertEquals(open(), [-1, 1, 0]);
  segments.spend(2);
  segments.pay(30);
  assertEquals(open(), [-1, 3, 30]);
  segments.open(1);
  segments.cut(7, Kind.LoopHead);
  assertEquals([...open(), edits.at[0], edits.kind[0]], [0, 0, 0, 7, Kind.LoopHead]);
  segments.spend(4);
  segments.resume(1);
  assertEquals([...open(), edits.value[0]], [-1, 0, 0, 4]);
  segments.settle();
  assertEquals([segments.entryOwn, segments.entryPaid], [3, 30]);
});

Deno.test("segments: hundreds of meetings, each paid for by who leads there", () => {
  const count = 300;
  const meetings = new Array<Build>(count).fill(meeting(leading(1), 2));
  const expected = `1${" 3 0".repeat(count)}`;
  assertEquals(take(both(...meetings), true), expected);
});
