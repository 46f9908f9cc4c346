import { assertEquals, assertThrows } from "@std/assert";
import { sleep } from "../../lib/runtime.ts";
import { HEAVY } from "../../lib/wasm/cost.ts";
import { meter } from "../support/metered.ts";
import { SMALL_LEAF } from "../support/oracle.ts";
import { wat } from "../support/wat.ts";

/** Frames that return one after another, each of which then runs `calls` times 129 units, not in a loop. */
const longWayBack = (calls: number) =>
  `(module
  (func $leaf ${"i32.const 0 drop ".repeat(SMALL_LEAF - 1)})
  (func $f (export "f") (param i32)
    loop end
    local.get 0 if local.get 0 i32.const 1 i32.sub call $f end
    ${"call $leaf ".repeat(calls)}))`;

Deno.test("meter: debts do not wrap around where deep recursion returns", async (t) => {
  const leaf = SMALL_LEAF + 1;
  for (const calls of [Math.floor(HEAVY / leaf) - 2, Math.ceil(HEAVY / leaf), 4000]) {
    await t.step(`${calls} calls a frame`, async () => {
      const { exports, fuel, setHook } = meter(await wat(longWayBack(calls)));
      const run = exports.f as (depth: number) => void;
      let given = 0;
      setHook(() => {
        given -= fuel.value;
        fuel.value = 0;
        return 0;
      });
      // Optimised code has the smallest frames, and so the most.
      for (let i = 0; i < 1e6 / calls; i++) run(100);
      await sleep(200);
      const frames = deepest(run, Math.ceil(5e9 / (calls * leaf)));
      given = fuel.value = 0;
      run(frames);
      assertEquals(given - fuel.value, (frames + 1) * (3 + calls * leaf) + frames * 4);
    });
  }
});

/** What runs on landing is as much, and unwinds further. */
const UNWINDING: Record<string, { text: string; landing: number }> = {
  "legacy handlers": {
    text: `try $try
        local.get 0 if local.get 0 i32.const 1 i32.sub call $f else throw $e end
      catch_all $LEAVES rethrow $try
      end`,
    landing: 1,
  },
  "catch clauses": {
    text: `block $caught
        try_table (catch_all $caught)
          local.get 0 if local.get 0 i32.const 1 i32.sub call $f else throw $e end
        end
      end
      $LEAVES throw $e`,
    landing: 0,
  },
};

Deno.test("meter: debts do not wrap around where exceptions unwind a deep recursion", async (t) => {
  const frames = 5000, calls = 4000;
  for (const [name, { text, landing }] of Object.entries(UNWINDING)) {
    await t.step(name, async () => {
      const { exports, fuel, setHook } = meter(
        await wat(`(module (tag $e)
          (func $leaf ${"i32.const 0 drop ".repeat(SMALL_LEAF - 1)})
          (func $f (export "f") (param i32)
            loop end
            ${text.replace("$LEAVES", "call $leaf ".repeat(calls))}))`),
      );
      let given = 0;
      setHook(() => {
        given -= fuel.value;
        fuel.value = 0;
        return 0;
      });
      assertThrows(() => (exports.f as (depth: number) => void)(frames - 1));
      const perFrame = 1 + 3 + landing + calls * (SMALL_LEAF + 1) + 1;
      assertEquals(given - fuel.value, frames * perFrame + (frames - 1) * 4 + 1);
    });
  }
});

/** How deep the engine lets it go, `most` at most: some ten thousand frames in V8, some hundred thousand in JavaScriptCore. */
function deepest(run: (depth: number) => void, most: number): number {
  for (let depth = Math.min(most, 500_000);; depth = Math.floor(depth * 0.85)) {
    try {
      run(depth);
      return depth;
    } catch {
      // The stack is too small for that.
    }
  }
}
