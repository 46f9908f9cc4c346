// Where control goes in a body: what is inserted where, and which labels are renumbered.
import { assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { Reader } from "../../lib/wasm/bytes.ts";
import { Kind } from "../../lib/wasm/edits.ts";
import { Flow } from "../../lib/wasm/flow.ts";
import { Frame } from "../../lib/wasm/frames.ts";
import { OPCODES } from "../../lib/wasm/opcodes.ts";

const NAMES = Object.keys(Kind);
/** Bytes that each word of a body takes: the first is its opcode, labels follow. */
const SIZE = 10;

/** What a word does, with `reader` after its opcode, which is at `at`. */
const WORDS: Record<string, (flow: Flow, reader: Reader, at: number) => void> = {
  block: (flow) => flow.open(Frame.Block),
  loop: (flow, reader, at) => flow.loop(reader, at, false),
  param_loop: (flow, reader, at) => flow.loop(reader, at, true),
  if: (flow, reader) => flow.fork(reader.pos),
  else: (flow, reader) => flow.otherwise(reader.pos),
  try: (flow) => flow.try(),
  try_table: (flow, reader) => flow.tryTable(reader),
  catch: (flow, reader) => flow.land(reader.pos, 1),
  delegate: (flow, reader) => flow.delegate(reader),
  rethrow(flow, reader, at) {
    flow.leave(at);
    flow.rethrow(reader);
  },
  end: (flow, reader, at) => flow.end(reader, at),
  br: (flow, reader, at) => flow.branch(reader, at),
  br_if: (flow, reader, at) => flow.branchIf(reader, opcode("br_if"), at),
  br_on_cast: (flow, reader, at) => flow.branchIf(reader, opcode("br_on_cast"), at),
  br_table: (flow, reader, at) => flow.branchTable(reader, at),
  return: (flow, _, at) => flow.leave(at),
  call(flow, reader, at) {
    flow.flush(at);
    flow.reload(reader.pos, Kind.Reload);
  },
};

function opcode(name: string) {
  return OPCODES.find((it) => it.name === name)!;
}

/** The bytes after the opcode of a word with those labels. */
function immediates(word: string, labels: readonly number[]): number[] {
  if (word === "br_table") return [labels.length - 1, ...labels];
  if (word === "try_table") {
    return [
      labels.length,
      ...labels.flatMap((label, i) => i === 0 ? [0, 9, label] : [2, label]),
    ];
  }
  return word === "br_on_cast" ? [0, ...labels, 0x70, 0x70] : [...labels];
}

/** Walks a body and answers it with the edits in their places. A number in it is so many units. */
function walk(body: string, flow = new Flow(), isHeavy = false): string {
  const words = body.split(" ");
  const bytes = new Uint8Array(words.length * SIZE);
  flow.reset(isHeavy);
  words.forEach((each, i) => {
    const [word, ...labels] = each.split(/[(,)]/).filter((part) => part !== "");
    bytes.set(immediates(word, labels.map(Number)), i * SIZE + 1);
    if (word in WORDS) WORDS[word](flow, new Reader(bytes, i * SIZE + 1), i * SIZE);
    else flow.spend(Number(word));
  });
  const { edits, segments, hasLoops } = flow;
  segments.finish(hasLoops);
  const places = words.map((word) => [[] as string[], [word]]);
  for (let i = 0; i < edits.count; i++) {
    const at = edits.at[i], value = edits.value[i];
    places[Math.floor(at / SIZE)][at % SIZE === 0 ? 0 : 1].push(
      `[${NAMES[edits.kind[i]]}${value === 0 ? "" : ` ${value}`}]`,
    );
  }
  return places.flat(2).join(" ");
}

/** Bodies with the edits that come of them. */
const ROWS: readonly string[] = [
  "1 [Flush] end",
  "if [Charge 1] 2 else [Charge] 1 end [Flush] end",
  "2 [Flush] br_if(0) [Charge 3] 3 [Flush] br(0) end",
  // Labels count what is added around the loops that they leave, one by one or in a table.
  "[OuterLoop 1] loop [LoopHead 4] 4 br_if(0) [Charge] end [OuterEnd] [Flush] end",
  "[ParamLoop 1] param_loop [LoopHead] block br(1) end end [ParamEnd] end",
  "block [OuterLoop 1] loop [LoopHead] br(1) [Label 4] end [OuterEnd] end [Flush] end",
  "[ParamLoop 1] param_loop [LoopHead] [Flush] br(1) [Label 2] end [ParamEnd] end",
  "[OuterLoop 1] loop [LoopHead] [Flush] br_table(0,1,1) [Label 4] [Label 4] end [OuterEnd] end",
  "[ParamLoop 1] param_loop [LoopHead] br_table(0,0,0) end [ParamEnd] end",
  "[ParamLoop 1] param_loop [LoopHead] [Flush] br_on_cast(1) [Label 2] [Charge] br(0) end " +
  "[ParamEnd] end",
  // Those of delegate and try_table are seen from outside, that of rethrow from inside.
  "[ParamLoop 1] param_loop [LoopHead] try delegate(0) br(0) end [ParamEnd] end",
  "[ParamLoop 1] param_loop [LoopHead] try delegate(1) [Label 2] br(0) end [ParamEnd] end",
  "[ParamLoop 1] param_loop [LoopHead] try_table(0,1) [Label 2] br(1) end end [ParamEnd] end",
  "try catch [Charge 1] [ParamLoop 1] param_loop [LoopHead] [Flush] rethrow(1) [Label 2] end " +
  "[ParamEnd] end [Charge] [Flush] end",
  // There is no such label.
  "[OuterLoop 1] loop [LoopHead] br(9) [Label 12] end [OuterEnd] end",
  // What is not reached costs nothing, and a loop stays as it is there.
  "[Flush] return 5 if [Charge] 5 end [Flush] call [Reload] end",
  "[OuterLoop 1] loop [LoopHead] br(0) loop br(1) end 5 end [OuterEnd] end",
  // What follows a block goes with what is before it, unless a path leads elsewhere.
  "[ParamLoop 1] param_loop [LoopHead 6] block br_if(0) [Charge 2] 2 end 6 br(0) end [ParamEnd] " +
  "end",
  "[ParamLoop 1] param_loop [LoopHead 5] block br_if(0) [Charge -3] 2 br(1) end [Charge] 5 br(0) " +
  "end [ParamEnd] end",
  "[ParamLoop 1] param_loop [LoopHead] if [Charge] [Flush] call [Reload 5] else [Charge 6] 1 end " +
  "[Charge] 5 br(0) end [ParamEnd] end",
  "[ParamLoop 1] param_loop [LoopHead 3] block try_table(0,1) 1 end 2 end [Charge 5] 5 br(0) end " +
  "[ParamEnd] end",
  "[OuterLoop 1] loop [LoopHead 1] 1 [Flush] call [Reload 5] 5 end [OuterEnd] [Flush] end",
];

/** The body alone. */
const bodyOf = (expected: string) => expected.replace(/ ?\[.*?\]/g, "").trimStart();

Deno.test("flow: bodies, of which none leaves anything to the next", () => {
  const flow = new Flow();
  for (const expected of [...ROWS, ...ROWS]) {
    assertEquals(walk(bodyOf(expected), flow), expected);
    assertEquals([flow.hasLoops, flow.hasTries], [/loop/.test(expected), /try/.test(expected)]);
  }
});

Deno.test("flow: the cost is that of the dearest path, on which each loop is once", () => {
  const rows: [body: string, cost: number][] = [
    ["end", 1],
    ["2 if 5 return 9 else 4 end 2 end", 9],
    ["loop 3 br_if(0) 4 br(0) 9 end end", 8],
    ["try 6 call 1 br(0) catch 3 end 1 end", 13],
  ];
  const flow = new Flow();
  for (const [body, cost] of rows) {
    walk(body, flow);
    assertEquals([flow.cost, flow.isDead], [cost, body.includes("loop")], body);
  }
});

Deno.test("flow: a heavy function looks at the counter after exceptions", () => {
  const flow = new Flow();
  const rows = [
    "try [Flush] call [Reload] catch [Charge 1] [Check] end [Charge] [Check] [Flush] end",
    "block try_table(0) [Flush] call [Reload] end [Flush] return end [Charge] [Check] [Flush] end",
    // Nothing is caught here.
    "block br_if(0) [Charge] [Flush] call [Reload] end [Charge] [Flush] end",
  ];
  for (const expected of rows) {
    assertEquals(walk(bodyOf(expected), flow, true), expected);
    assertEquals(walk(bodyOf(expected), flow), expected.replaceAll("[Check] ", ""));
  }
});

Deno.test("flow: what is cut off is refused", () => {
  const flow = new Flow();
  flow.reset(false);
  for (const word of ["br", "br_if", "br_table", "try_table", "delegate", "rethrow"]) {
    const reader = new Reader(Uint8Array.of(1), 0, word.includes("table") ? 1 : 0);
    const error = assertThrows(() => WORDS[word](flow, reader, 0), LoadError);
    assertEquals(error.code, "wasm_invalid");
  }
});
