import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { promising, suspending, yieldNow } from "../../lib/runtime.ts";
import { SHIM_IMPORTS, SHIM_WAIT, type ShimFunction, shimModule } from "../../lib/wasm/shim.ts";
import { wat } from "../support/wat.ts";

const WAIT = -1, KILL = -2;

type Fn = (...args: unknown[]) => unknown;

/** The exports of a shim for those functions. */
function shim(
  functions: readonly ShimFunction[],
  host: Record<string, Fn>,
  wait: unknown = () => 0,
) {
  const module = new WebAssembly.Module(shimModule(functions));
  const imports = { [SHIM_IMPORTS]: { ...host, [SHIM_WAIT]: wait } as WebAssembly.ModuleImports };
  return new WebAssembly.Instance(module, imports).exports as Record<string, Fn>;
}

const F: ShimFunction = { name: "f", params: ["i32", "i64", "i32"], results: ["i32"] };

Deno.test("shim: what is 0 or more is the result, and the host gets the arguments", () => {
  for (const answer of [0, 1, 28, 2 ** 31 - 1]) {
    const calls: unknown[][] = [];
    const { f } = shim([F], { f: (...args) => (calls.push(args), answer) });
    assertEquals(f(1, 2n ** 63n - 1n, -3), answer);
    assertEquals(calls, [[1, 2n ** 63n - 1n, -3]]);
  }
});

Deno.test("shim: a function without results", () => {
  const { exit } = shim([{ name: "exit", params: ["i32"], results: [] }], { exit: () => 7 });
  assertEquals(exit(3), undefined);
});

Deno.test("shim: WAIT waits, and calls again with the same arguments, as often as it takes", () => {
  const log: unknown[] = [];
  let left = 3;
  const { f } = shim([F], {
    f: (...args) => (log.push(args), left-- > 0 ? WAIT : 5),
  }, () => (log.push("wait"), 0));
  assertEquals(f(1, 2n, 3), 5);
  assertEquals(log, [...Array(3).fill([[1, 2n, 3], "wait"]).flat(), [1, 2n, 3]]);
});

Deno.test("shim: all else is a trap", () => {
  for (const answer of [KILL, -3, -(2 ** 31), 2 ** 31]) {
    const { f } = shim([F], { f: () => answer });
    assertThrows(() => f(0, 0n, 0), WebAssembly.RuntimeError);
  }
  for (const answer of [1, -1, KILL]) {
    let calls = 0;
    const { f } = shim([F], { f: () => (calls++, WAIT) }, () => answer);
    assertThrows(() => f(0, 0n, 0), WebAssembly.RuntimeError);
    assertEquals(calls, 1);
  }
});

Deno.test("shim: an exception of the host passes through", () => {
  const fails = () => {
    throw new RangeError("no");
  };
  assertThrows(() => shim([F], { f: fails }).f(0, 0n, 0), RangeError, "no");
  assertThrows(() => shim([F], { f: () => WAIT }, fails).f(0, 0n, 0), RangeError, "no");
});

Deno.test("shim: any number of functions, each for its own import", () => {
  assertEquals(Object.keys(shim([], {})), []);
  const functions = Array.from({ length: 200 }, (_, i): ShimFunction => ({
    name: `f${i}`,
    params: Array(i % 7).fill("i32"),
    results: ["i32"],
  }));
  const host = Object.fromEntries(functions.map(({ name }, i) => [name, () => i]));
  const exports = shim(functions, host);
  assertEquals(Object.keys(exports), functions.map(({ name }) => name));
  functions.forEach(({ name }, i) => assertEquals(exports[name](), i));
});

/** Calls the import `f` within each kind of handler that there is, and goes on for ever. */
const SURVIVOR = `(module
  (import "shim" "f" (func $f (result i32)))
  (func (export "run") (result i32)
    loop
      try
        try call $f return catch_all end
      catch_all
      end
      br 0
    end
    i32.const 0))`;

Deno.test("shim: a guest cannot catch its end, as it could an exception", async () => {
  const module = new WebAssembly.Module(await wat(SURVIVOR));
  const run = (f: Fn) => {
    const { exports } = new WebAssembly.Instance(module, { shim: { f } });
    return (exports.run as () => number)();
  };
  let calls = 0;
  const fails = () => {
    if (++calls < 4) throw new Error("stop");
    return 9;
  };
  assertEquals([run(fails), calls], [9, 4]);
  const f: ShimFunction = { name: "f", params: [], results: ["i32"] };
  assertThrows(() => run(shim([f], { f: () => KILL }).f), WebAssembly.RuntimeError);
  assertThrows(() => run(shim([f], { f: () => WAIT }, () => KILL).f), WebAssembly.RuntimeError);
});

Deno.test("shim: only a wait suspends", async () => {
  const answers = [5, WAIT, WAIT, 6, KILL];
  let waits = 0, goOn: (answer: number) => void = () => {};
  const { f } = shim(
    [F],
    { f: () => answers.shift()! },
    suspending(() => {
      waits++;
      return new Promise<number>((resolve) => goOn = resolve);
    }),
  );
  // Not called by `promising`, so this would fail if it suspended.
  assertEquals([f(0, 0n, 0), waits], [5, 0]);

  const call = promising(f);
  const second = call(0, 0n, 0);
  assertEquals([waits, answers], [1, [WAIT, 6, KILL]]);
  goOn(0);
  await yieldNow();
  assertEquals([waits, answers], [2, [6, KILL]]);
  goOn(0);
  assertEquals([await second, waits, answers], [6, 2, [KILL]]);
  await assertRejects(() => call(0, 0n, 0) as Promise<unknown>, WebAssembly.RuntimeError);

  answers.push(WAIT);
  const last = call(0, 0n, 0);
  goOn(1);
  await assertRejects(() => last as Promise<unknown>, WebAssembly.RuntimeError);
});
