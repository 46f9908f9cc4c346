import { assert, assertEquals } from "@std/assert";
import { WAIT } from "../../lib/wasi/context.ts";
import { WASI_FUNCTIONS } from "../../lib/wasi/table.ts";
import { FakeContext } from "../support/wasi.ts";

const VALUES = [0, 1, 2, 3, 4, 8, 16, 24, 48, 1_024, 1_025, 65_535, 65_536]
  .concat(65_528, 65_520, 0x7fff_ffff, -0x8000_0000, -65_536, -48, -8, -4, -1);

/** A small generator (mulberry32), so that a failure can be run again. */
function generator(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

for (const { name, params } of WASI_FUNCTIONS) {
  Deno.test(`hostile arguments: ${name} answers an errno and throws nothing`, () => {
    const wasm = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    const pick = generator(name.length * 7_919 + name.charCodeAt(3));
    for (let round = 0; round < 1_500; round++) {
      const ctx = new FakeContext({
        wasm,
        args: ["plugin", "x".repeat(pick(100))],
        env: ["A=B"],
        stdin: "x".repeat(pick(3)),
        ended: pick(2) === 0,
        nonblocking: pick(2) === 0,
        clock: pick(2) === 0,
      });
      ctx.sliceUp = pick(2) === 0;
      // Memory full of small numbers: iovecs and subscriptions that are nearly right.
      const bytes = ctx.memory.bytes(0, 4_096);
      for (let i = 0; i < bytes.length; i++) bytes[i] = pick(4) === 0 ? pick(256) : 0;
      const args = params.map((type) => {
        const value = pick(8) === 0 ? pick(2 ** 32) | 0 : VALUES[pick(VALUES.length)];
        return type === "i64" ? BigInt(value) : value;
      });
      for (let run = 0; run < 3; run++) {
        const answer = ctx.call(name, ...args);
        assert(Number.isInteger(answer) && answer >= -2 && answer <= 76, `${args} → ${answer}`);
        if (answer !== WAIT) {
          assertEquals(ctx.state.pending, undefined);
          break;
        }
        const until = ctx.waits.at(-1)!;
        assert(until.stdin || until.turn || until.at !== undefined, "waits for nothing");
        if (until.at !== undefined) assert(until.at > ctx.nowMs, "waits for the past");
      }
    }
  });
}
