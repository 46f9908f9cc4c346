import { assertEquals } from "@std/assert";
import { DEAD, FUNCTION_ENTRY, Paths } from "../../lib/wasm/cost.ts";

/** What the words of a body do; `br` and `br_if` are followed by a label. */
const WORDS: Record<string, (paths: Paths, label: number) => void> = {
  block: (paths) => paths.open(false),
  if: (paths) => paths.open(false),
  else: (paths) => paths.otherwise(),
  try: (paths) => paths.open(true),
  catch: (paths) => paths.land(),
  end: (paths) => paths.close(false),
  /** The end of an `if` without `else`. */
  skip: (paths) => paths.close(true),
  br_if: (paths, label) => paths.branch(paths.top - label),
  br(paths, label) {
    paths.branch(paths.top - label);
    paths.die();
  },
  /** Any other way not to go on. */
  stop: (paths) => paths.die(),
};

/** Walks a body; a number in it is so many units, where they can be reached. */
function walk(body: string): Paths {
  const paths = new Paths();
  paths.reset();
  for (const [, word, label] of body.matchAll(/([a-z_]+|\d+)(?:\((\d)\))?/g)) {
    if (word in WORDS) WORDS[word](paths, Number(label));
    else if (paths.here !== DEAD) paths.here += Number(word);
  }
  return paths;
}

/** `worst` is the dearest path's cost without the function entry, `here` that of the dearest that comes to the end. */
const ROWS: [name: string, body: string, worst: number, here?: number][] = [
  ["nothing", "end", 0],
  ["straight on", "1 2 3 end", 6],
  ["a block", "1 block 2 end 3 end", 6],
  ["the dearer arm first", "if 5 else 2 end 1 end", 6],
  ["the dearer arm last", "if 2 else 5 end 1 end", 6],
  ["an if without else", "1 if 5 skip 1 end", 7],
  ["an if without else that does not go on", "1 if 5 stop skip 1 end", 6, 2],
  ["an arm that does not go on, but is dearest", "if 9 stop else 2 end 1 end", 9, 3],
  ["both arms do not go on", "if 9 stop else 2 stop end 100 end", 9, DEAD],
  ["a return", "1 if 5 br(1) skip 1 end", 6, 6],
  ["a branch over code", "block 1 br_if(0) 5 end 1 end", 7],
  ["a branch instead of code that does not go on", "block 1 br_if(0) 5 stop end 1 end", 6, 2],
  ["the dearest branch to a label", "block block 3 br(1) end 1 end 1 end", 4],
  [
    "branches that leave several blocks",
    "block block block 2 br_if(2) 2 br_if(1) 2 end 10 end 1 end 1 end",
    18,
  ],
  ["code after a branch", "block 1 br(0) 100 end 1 end", 2],
  [
    "a block in code that is not reached",
    "block 1 br(0) block 100 br_if(1) 100 end 100 end 1 end",
    2,
  ],
  ["an if in code that is not reached", "block 1 br(0) if 100 else 100 skip 100 end 1 end", 2],
  [
    "what comes to the end of a block that only a branch leaves",
    "block block 1 br(1) end 100 end 1 end",
    2,
  ],
  ["a handler from the end of the try", "try 5 catch 2 end 1 end", 8],
  ["a handler from the middle", "try if 9 stop else 2 end catch 2 end 1 end", 12],
  ["a handler from the beginning", "3 try catch 2 end 1 end", 6],
  ["several handlers", "try 5 catch 2 catch 4 catch 3 end 1 end", 10],
  ["a handler does not catch what is thrown in it", "try 5 catch 20 stop catch 1 end 1 end", 25, 7],
  ["an outer handler, from an inner try", "try try 5 stop catch 1 stop end catch 2 end 1 end", 9],
  ["an outer handler, from an inner handler", "try try 5 catch 9 stop end catch 2 end 1 end", 17],
  ["an outer handler, past a try without handlers", "try try 5 stop end 100 catch 2 end 1 end", 8],
  [
    "an outer handler, from a block in an inner handler",
    "try try 5 catch block 9 br(0) end stop end catch 2 end 1 end",
    17,
  ],
  ["a try in code that is not reached", "block 1 br(0) try 100 catch 100 end 100 end 1 end", 2],
  ["a branch out of a try", "block try 7 br(1) catch 1 end 1 end 1 end", 10],
  ["a branch out of a handler", "block try 7 catch 4 br(1) end 1 end 1 end", 12],
];

Deno.test("cost: the dearest path", async (t) => {
  for (const [name, body, worst, here = worst] of ROWS) {
    await t.step(name, () => {
      const paths = walk(body);
      assertEquals(
        [paths.worst - FUNCTION_ENTRY, paths.here === DEAD ? DEAD : paths.here - FUNCTION_ENTRY],
        [worst, here],
      );
    });
  }
});

Deno.test("cost: the peak of a try is what a catch clause's label is reached with", () => {
  const paths = walk("block 2 try if 7 stop skip 1");
  assertEquals(paths.peak(), FUNCTION_ENTRY + 9);
  paths.branch(paths.top - 1, paths.peak());
  paths.close(false);
  assertEquals(paths.here, FUNCTION_ENTRY + 3);
  paths.close(false);
  assertEquals(paths.here, FUNCTION_ENTRY + 9);
});

Deno.test("cost: a frame says whether another path than the one that falls through comes out of it", () => {
  assertEquals(walk("block 1").close(false), false);
  assertEquals(walk("block 1 br_if(0) 1").close(false), true);
  assertEquals(walk("block 1 br(0)").close(false), true);
  assertEquals(walk("block 1 stop br_if(0)").close(false), false);
  assertEquals(walk("if 1").close(true), true);
  assertEquals(walk("if 1 else 1").close(false), true);
  assertEquals(walk("if 1 stop else 1").close(false), false);
  assertEquals(walk("try 1 catch 1").close(false), true);
});
