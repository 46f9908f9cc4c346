import { assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { Reader } from "../../lib/wasm/bytes.ts";
import { LONG, SMALL_LEAF } from "../../lib/wasm/cost.ts";
import { Kind } from "../../lib/wasm/edits.ts";
import { parseModule } from "../../lib/wasm/module.ts";
import type { Plan } from "../../lib/wasm/plan.ts";
import { Planner } from "../../lib/wasm/planner.ts";
import { readBody } from "../support/operators.ts";
import { wat } from "../support/wat.ts";

/** The first function that is not imported is planned. It may call one for which its callers pay 30 units, a quiet one of 5, and one that pays itself. */
const moduleText = (body: string) =>
  `(module
  (import "host" "f" (func $host))
  (memory 1) (memory i64 1) (table $table 1 funcref) (table $wide i64 1 funcref)
  (tag $e)
  (func $self ${body})
  (func $paid) (func $quiet) (func $other))`;

function planner(isLoopFree: boolean, isHeavy = false, callsAfterGrowth = false): Planner {
  return new Planner({
    importedFunctions: 1,
    // By the order in which the text names them: that of functions without, then that of function 1 or its blocks.
    hasParams: [false, true],
    wideMemories: [false, true],
    wideTables: [false, true],
    counted: undefined,
    isProfiled: false,
    callsAfterGrowth,
  }, {
    costs: Int32Array.of(0, 0, 30, 5, 0),
    quiet: Uint8Array.of(0, 0, 0, 1, 0),
    loopFree: Uint8Array.of(0, isLoopFree ? 1 : 0, 1, 1, 0),
    checked: Uint8Array.of(0, 0, 1, 0, 1),
    heavy: Uint8Array.of(0, isHeavy ? 1 : 0, 0, 0, 0),
    callSites: new Uint32Array(5),
    allocates: false,
  });
}

async function planOf(body: string, isHeavy = false): Promise<{ plan: Plan; text: string }> {
  const bytes = await wat(moduleText(body));
  const { starts, ends } = parseModule(bytes).bodies;
  const isLoopFree = !/\bloop\b/.test(body);
  const plan = planner(isLoopFree, isHeavy).plan(new Reader(bytes, starts[0], ends[0]), 1);
  return { plan, text: render(plan, bytes, starts[0], ends[0]) };
}

const NAMES = Object.keys(Kind);

/** The names of the operators, and each edit where it is to be made: its kind, value and, after a plus sign, what is paid. */
function render({ edits }: Plan, bytes: Uint8Array, start: number, end: number): string {
  const words: string[] = [];
  let next = 0;
  const upTo = (offset: number) => {
    for (; next < edits.count && edits.at[next] <= offset; next++) {
      const value = edits.value[next] || "", paid = edits.paid[next];
      words.push(`[${NAMES[edits.kind[next]]}${value && ` ${value}`}${paid ? `+${paid}` : ""}]`);
    }
  };
  for (const operator of readBody(bytes, start, end).operators) {
    upTo(operator.start);
    words.push(operator.opcode.name);
    upTo(operator.end - 1);
  }
  upTo(end);
  assertEquals(next, edits.count, "edits are in order of place");
  return words.join(" ");
}

/** What the plan says of the function as a whole. */
function head(plan: Plan): string {
  const { counter, entryCost, entryPaid, isQuiet } = plan;
  return `${counter} ${entryCost}${entryPaid ? `+${entryPaid}` : ""}${isQuiet ? " quiet" : ""}`;
}

/** A body, the plan for the whole of it, and the edits. */
const ROWS: readonly (readonly [name: string, body: string, head: string, edits: string])[] = [
  ["nothing", "nop", "entry 1 quiet", "nop [Flush] end"],
  [
    "without loops, all at entry",
    "(param i32) local.get 0 if i32.const 1 drop else end",
    "entry 4 quiet",
    "local.get if [Charge 1] i32.const drop end [Flush] end",
  ],
  [
    "a loop",
    "(param i32) loop local.get 0 br_if 0 end",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 2] local.get br_if [Charge] end [OuterEnd] [Flush] end",
  ],
  [
    "a loop with a param, of type 1",
    "(param i32) i32.const 1 loop (param i32) local.set 0 local.get 0 local.get 0 br_if 0 drop end",
    "local 2",
    "i32.const [ParamLoop 2] loop [LoopHead 4] local.set local.get local.get br_if [Charge] drop end [ParamEnd] [Flush] end",
  ],
  [
    "labels across loops",
    "(param i32) block loop loop local.get 0 br_table 0 1 2 3 end end end",
    "local 1",
    "block [OuterLoop 2] loop [LoopHead] [OuterLoop 2] loop [LoopHead 2] local.get [Flush] br_table [Label 4] [Label 8] [Label 9] end [OuterEnd] end [OuterEnd] end [Charge] [Flush] end",
  ],
  [
    "ways out of the function",
    "(param i32) loop local.get 0 if return end local.get 0 br_if 1 end",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 4] local.get if [Charge -2] [Flush] return end [Charge] local.get [Flush] br_if [Label 4] [Charge] end [OuterEnd] [Flush] end",
  ],
  [
    "calls in a loop",
    "loop call $other call $paid call $quiet end",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 1] [Flush] call [Reload 1+30] [Check] [Flush] call [Reload 6] call end [OuterEnd] [Flush] end",
  ],
  [
    "calls without loops",
    "call $other call $paid call $paid call $quiet",
    "entry 10",
    "[Flush] call [Reload 8+60] [Check] call call call [Flush] end",
  ],
  [
    "a tail call of one that is paid for",
    "loop return_call $paid end",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 1+30] [Check] [Flush] return_call end [OuterEnd] end",
  ],
  [
    "a tail call of another",
    "loop return_call $other end",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 1] [Flush] return_call end [OuterEnd] end",
  ],
  [
    "bulk operators",
    "loop i32.const 0 i32.const 0 i32.const 0 memory.fill i64.const 0 i32.const 0 i64.const 0 memory.fill 1 end",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 4] i32.const i32.const i32.const [Flush] [Bulk] [Reload 4] memory.fill i64.const i32.const i64.const [Flush] [Bulk 1] [Reload] memory.fill end [OuterEnd] [Flush] end",
  ],
  [
    "bulk operators between two memories or tables",
    "loop i64.const 0 i32.const 0 i32.const 0 memory.copy 1 0 i64.const 0 i64.const 0 i64.const 0 table.copy $wide $wide end",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 4] i64.const i32.const i32.const [Flush] [Bulk] [Reload 4] memory.copy i64.const i64.const i64.const [Flush] [Bulk 1] [Reload] table.copy end [OuterEnd] [Flush] end",
  ],
  [
    "memory.grow",
    "i32.const 1 memory.grow drop i64.const 1 memory.grow 1 drop",
    "entry 5 quiet",
    "i32.const memory.grow [Grown] drop i64.const memory.grow [Grown 1] drop [Flush] end",
  ],
  [
    "catch clauses, one to a loop",
    "loop block try_table (catch_all 0) (catch_all 1) throw $e end end end",
    "global 1",
    "[OuterLoop 2] loop [LoopHead 2] block try_table [Flush] throw end end [Charge] end [OuterEnd] [Flush] end",
  ],
  [
    "legacy handlers",
    "loop try throw $e catch $e loop rethrow 1 end catch_all end try call $other delegate 0 end",
    "global 1",
    "[OuterLoop 2] loop [LoopHead 2] try [Flush] throw catch [Charge 1] [OuterLoop 2] loop [LoopHead 1] [Flush] rethrow [Label 4] end [OuterEnd] catch_all [Charge 3] end try [Flush] call [Reload 1] delegate end [OuterEnd] [Flush] end",
  ],
  [
    "what is never reached",
    "loop br 0 i32.const 1 drop loop br 1 end end i32.const 1 drop",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 1] br i32.const drop loop br end end [OuterEnd] i32.const drop end",
  ],
  [
    "what follows an if that does not leave goes with what is before it, and what both arms take",
    "(param i32) loop local.get 0 if nop else local.get 0 drop end i32.const 1 drop end",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 3] local.get if [Charge] nop else [Charge 1] local.get drop end i32.const drop end [OuterEnd] [Flush] end",
  ],
  [
    "what follows a block that nothing leaves goes with what is before it",
    "(param i32) loop block local.get 0 br_if 0 i32.const 2 drop end i32.const 1 drop end",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 3] block local.get br_if [Charge 1] i32.const drop end i32.const drop end [OuterEnd] [Flush] end",
  ],
  [
    "what follows a branch out does not",
    "(param i32) loop block local.get 0 br_if 1 i32.const 2 drop end i32.const 1 drop end",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 2] block local.get br_if [Charge 2] i32.const drop end i32.const drop end [OuterEnd] [Flush] end",
  ],
  [
    "what follows a call does not, but where paths meet, it is paid ahead",
    "(param i32) loop local.get 0 if call $other end i32.const 1 drop end",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 3] local.get if [Charge] [Flush] call [Reload 1] end [Charge] i32.const drop end [OuterEnd] [Flush] end",
  ],
  [
    "who leads to a label pays ahead, who stays gets it back",
    "(param i32) loop block block local.get 0 br_if 0 local.get 0 br_if 1 i32.const 1 i32.const 1 drop drop end i32.const 1 drop end i32.const 2 drop call $other end",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 5] block block local.get br_if [Charge 1] local.get br_if [Charge 3] i32.const i32.const drop drop end [Charge] i32.const drop end i32.const drop [Flush] call [Reload] end [OuterEnd] [Flush] end",
  ],
  [
    "a label to which a table leads is not paid ahead",
    "(param i32) loop block block local.get 0 br_table 0 1 end i32.const 1 drop end call $other end",
    "local 1",
    "[OuterLoop 2] loop [LoopHead 3] block block local.get br_table end [Charge 1] i32.const drop end [Flush] call [Reload] end [OuterEnd] [Flush] end",
  ],
  [
    "a call of the host",
    "call $host loop call $host end",
    "local 2",
    "[Flush] call [ReloadCheck] [OuterLoop 2] loop [LoopHead 1] [Flush] call [ReloadCheck] end [OuterEnd] [Flush] end",
  ],
];

Deno.test("planner: edits", async (t) => {
  for (const [name, body, expected, edits] of ROWS) {
    await t.step(name, async () => {
      const { plan, text } = await planOf(body);
      assertEquals([head(plan), text], [expected, edits]);
    });
  }
});

Deno.test("planner: the hook after each growth", async () => {
  const body =
    "i32.const 1 memory.grow drop loop ref.null func i32.const 1 table.grow $table drop end";
  const bytes = await wat(moduleText(body));
  const { starts, ends } = parseModule(bytes).bodies;
  const plan = planner(false, false, true).plan(new Reader(bytes, starts[0], ends[0]), 1);
  assertEquals(
    render(plan, bytes, starts[0], ends[0]),
    "i32.const memory.grow [Grown] [Flush] [Call] [Reload] drop [OuterLoop 2] loop [LoopHead 3] ref.null i32.const [Flush] [Bulk] [Reload] table.grow [Flush] [Call] [Reload] drop end [OuterEnd] [Flush] end",
  );
});

Deno.test("planner: a heavy function looks at the counter after calls and where exceptions land", async () => {
  const body =
    "loop call $other try call $paid catch_all end block try_table (catch_all 0) call $quiet end end end";
  assertEquals(
    (await planOf(body, true)).text,
    "[OuterLoop 2] loop [LoopHead 1] [Flush] call [ReloadCheck 2+30] try [Check] [Flush] call [ReloadCheck 7] catch_all [Charge 8] [Check] end [Charge] [Check] block try_table call end end end [OuterEnd] [Flush] end",
  );
});

Deno.test("planner: locals", async () => {
  const bytes = await wat(moduleText("(param i32) (local i32 i32 f64 i32) loop end"));
  const { starts, ends } = parseModule(bytes).bodies;
  const { locals, localCount } = planner(false).plan(new Reader(bytes, starts[0], ends[0]), 1);
  assertEquals([localCount, locals.groups], [4, 3]);
  assertEquals([locals.start, locals.end], [starts[0], starts[0] + 7]);
});

Deno.test("planner: a planner keeps nothing from one body to the next", async () => {
  const bytes = await wat(moduleText("loop call $other end try throw $e catch_all end"));
  const { starts, ends } = parseModule(bytes).bodies;
  const used = planner(false);
  const planAt = (it: Planner, i: number) =>
    render(it.plan(new Reader(bytes, starts[i], ends[i]), i + 1), bytes, starts[i], ends[i]);
  const once = [0, 1].map((i) => planAt(planner(false), i));
  assertEquals([0, 1, 0, 1].map((i) => planAt(used, i)), [...once, ...once]);
});

Deno.test("planner: much code keeps a function from being quiet, and very much from being charged at entry", async () => {
  const unit = "i32.const 0 drop ";
  const rows: [body: string, head: string][] = [
    [unit.repeat(SMALL_LEAF - 1), `entry ${SMALL_LEAF} quiet`],
    [unit.repeat(SMALL_LEAF), `entry ${SMALL_LEAF + 1}`],
    [unit.repeat(LONG - 1), `entry ${LONG}`],
    [unit.repeat(LONG), `local ${LONG + 1}`],
  ];
  for (const [body, expected] of rows) assertEquals(head((await planOf(body)).plan), expected);
});

Deno.test("planner: a long segment that calls is cut, and the counter looked at", async () => {
  const calls = Math.ceil(LONG / 6) + 1;
  const { text } = await planOf(`loop ${"call $quiet ".repeat(calls)} end`);
  assertEquals(
    text.replaceAll(/(call )+/g, "call… "),
    `[OuterLoop 2] loop [LoopHead ${
      (calls - 1) * 6 + 1
    }] call… [Charge 5] [Check] call… end [OuterEnd] [Flush] end`,
  );
});

Deno.test("planner: an instruction that is not known is refused", () => {
  for (const code of [[0x27], [0xfc, 0x12], [0xff]]) {
    const reader = new Reader(Uint8Array.of(0, 0x01, ...code, 0x0b));
    const { code: error } = assertThrows(() => planner(true).plan(reader, 0), LoadError);
    assertEquals(error, "wasm_unsupported");
  }
});
