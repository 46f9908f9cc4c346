import { assert, assertEquals } from "@std/assert";
import { type Calls, orderOf } from "../../lib/wasm/call_graph.ts";

/** By function: whom it calls; -1 is what is not known. */
type Graph = readonly (readonly number[])[];

function callsOf(graph: Graph): Calls {
  const known = graph.map((callees) => callees.filter((callee) => callee >= 0));
  const starts = new Uint32Array(graph.length + 1);
  known.forEach((callees, i) => starts[i + 1] = starts[i] + callees.length);
  return {
    starts,
    callees: Uint32Array.from(known.flat()),
    unknown: Uint32Array.from(graph, (callees, i) => callees.length - known[i].length),
  };
}

/** Whom each function may reach, itself only by a call, by following all calls until there are no more. */
function reach(graph: Graph, referenced: readonly number[]): Set<number>[] {
  const anyones = referenced.flatMap((isReferenced, i) => isReferenced ? [i] : []);
  const direct = graph.map((callees) => callees.flatMap((callee) => callee < 0 ? anyones : callee));
  return direct.map((first) => {
    const reached = new Set(first);
    for (const each of reached) for (const callee of direct[each]) reached.add(callee);
    return reached;
  });
}

function check(graph: Graph, referenced: readonly number[]): void {
  const { calleesFirst, recursive } = orderOf(callsOf(graph), Uint8Array.from(referenced));
  const reached = reach(graph, referenced);
  assertEquals([...recursive], reached.map((set, i) => set.has(i) ? 1 : 0));
  assertEquals([...calleesFirst].sort((a, b) => a - b), graph.map((_, i) => i));
  const place = new Map([...calleesFirst].map((index, i) => [index, i]));
  reached.forEach((set, caller) => {
    for (const callee of set) {
      if (reached[callee].has(caller)) continue;
      assert(place.get(callee)! < place.get(caller)!, `${callee} comes before ${caller}`);
    }
  });
}

const ROWS: readonly (readonly [name: string, graph: Graph, referenced: readonly number[]])[] = [
  ["none", [], []],
  ["no calls", [[], []], [0, 0]],
  ["a chain", [[1, 1], [2], []], [0, 0, 0]],
  ["itself", [[0], [0]], [0, 0]],
  ["two in turn, and their caller", [[1], [2], [1]], [0, 0, 0]],
  ["by what is not known", [[1], [-1], []], [1, 0, 0]],
  ["what is not known is nobody", [[1], [-1], []], [0, 0, 0]],
  ["what is not known is another", [[1], [-1], []], [0, 0, 1]],
  ["two rings that share one", [[1], [2], [0, 3], [4], [2]], [0, 0, 0, 0, 0]],
];

for (const [name, graph, referenced] of ROWS) {
  Deno.test(`call graph: ${name}`, () => check(graph, referenced));
}

Deno.test("call graph: what following all calls finds", () => {
  let seed = 1;
  const below = (limit: number) => (seed = (seed * 48271) % 0x7fffffff) % limit;
  for (let round = 0; round < 300; round++) {
    const count = 1 + below(12);
    const graph = Array.from(
      { length: count },
      () => Array.from({ length: below(4) }, () => below(count + 1) - 1),
    );
    check(graph, graph.map(() => below(3) === 0 ? 1 : 0));
  }
});

Deno.test("call graph: a chain of a million functions", () => {
  const count = 1_000_000;
  const graph: Calls = {
    starts: Uint32Array.from({ length: count + 1 }, (_, i) => Math.min(i, count - 1)),
    callees: Uint32Array.from({ length: count - 1 }, (_, i) => i + 1),
    unknown: new Uint32Array(count),
  };
  const { calleesFirst, recursive } = orderOf(graph, new Uint8Array(count));
  assertEquals([calleesFirst[0], calleesFirst[count - 1]], [count - 1, 0]);
  assertEquals(recursive.includes(1), false);
});
