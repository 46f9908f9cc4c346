// Who pays for entering each function of a module, and who looks at the counter.
import { assertEquals } from "@std/assert";
import { surveyCallees } from "../../lib/wasm/callees.ts";
import { HEAVY, LONG, MOST_OWED, SMALL_LEAF, UNCHECKED } from "../../lib/wasm/cost.ts";
import { type Module, parseModule } from "../../lib/wasm/module.ts";
import { type Callees, outlineOf } from "../../lib/wasm/surroundings.ts";
import { assemble } from "../support/binaryen.ts";
import { wat } from "../support/wat.ts";

function survey(module: Module, isCounted = false): Callees {
  const options = { isCounted, isProfiled: false, callsAfterGrowth: false };
  return surveyCallees(module, outlineOf(module, options));
}

/** By function: what its callers pay, if they do, and what else is known of it. */
function render({ costs, quiet, loopFree, checked, heavy }: Callees): string {
  return Array.from(costs, (cost, i) => {
    const words = [`${cost || "-"}`];
    if (quiet[i] === 1) words.push("quiet");
    if (loopFree[i] === 0) words.push("loops");
    if (checked[i] === 1) words.push("checked");
    if (heavy[i] === 1) words.push("heavy");
    return words.join(" ");
  }).join(", ");
}

const units = (count: number) => "i32.const 0 drop ".repeat(count);
/** The dearest leaf that does not look at the counter. It is function 0 where there is one. */
const LEAF = `(func ${units(UNCHECKED - 1)})`;

/** A body that owes so much, function entry included: it calls that leaf, and has some units of its own. */
function owing(total: number): string {
  const calls = Math.floor((total - 1) / (UNCHECKED + 1));
  return "call 0 ".repeat(calls) + units(total - 1 - calls * (UNCHECKED + 1));
}

const INDIRECT = "i32.const 0 call_indirect (type 0) ";

/** Functions of a module, beside a table of none, and what is found out about them. */
const ROWS: readonly (readonly [name: string, fields: string, expected: string])[] = [
  ["a small leaf", `(func ${units(SMALL_LEAF - 1)})`, `${SMALL_LEAF} quiet`],
  ["one that is not small", `(func ${units(SMALL_LEAF)})`, `${SMALL_LEAF + 1}`],
  ["an exported one", `(func (export "a") ${units(3)})`, "-"],
  ["one in a table", `(func) (elem declare func 0)`, "-"],
  [
    "who calls one with loops",
    "(func loop end) (func call 0) (func call 1)",
    "- loops, -, -",
  ],
  ["one that calls another", `(func ${units(200)}) (func call 0) (func call 1)`, "201, 2, 2"],
  ["four calls", `(func ${units(200)}) (func ${"call 0 ".repeat(4)})`, "201, 5 checked"],
  ["five calls", `(func ${units(200)}) (func ${"call 0 ".repeat(5)})`, "-, 6 checked"],
  ["five of a quiet one", `(func) (func ${"call 0 ".repeat(5)})`, "1 quiet, 11"],
  [
    "who calls the host",
    `(import "a" "b" (func)) (func call 0) (func call 1) (func)`,
    "-, - checked, -, 1 quiet",
  ],
  ["who throws", "(tag) (func throw 0) (func call 0)", "-, -"],
  ["who ends with a call", "(func) (func return_call 0) (func call 1)", "1 quiet, -, -"],
  ["as if what is not known were a small leaf", `(func ${units(121)} ${INDIRECT.repeat(3)})`, "-"],
  ["and one unit more", `(func ${units(122)} ${INDIRECT.repeat(3)})`, "- checked"],
  ["who calls what is not known", `(func ${INDIRECT}) (func call 0)`, "-, -"],
  ["recursion", "(func call 1) (func call 0) (func call 1)", "2 checked, 2 checked, 2"],
  ["unchecked", `(func ${units(UNCHECKED - 1)})`, `${UNCHECKED}`],
  ["checked", `(func ${units(UNCHECKED)})`, `${UNCHECKED + 1} checked`],
  [
    "unchecked with its callee, and checked with it",
    `(func ${units(199)}) (func ${units(310)} call 0) (func ${units(311)} call 0)`,
    "200, 312, 313 checked",
  ],
  ["exported and unchecked", `(func (export "a") ${units(SMALL_LEAF - 1)})`, "-"],
  ["exported and checked", `(func (export "a") ${units(SMALL_LEAF)})`, "- checked"],
  ["as dear as what is paid for", `(func ${units(HEAVY - 1)})`, `${HEAVY} checked`],
  ["dearer", `(func ${units(HEAVY)}) (func call 0)`, "- checked, -"],
  ["as long as can be", `${LEAF} (func ${owing(LONG)})`, "-, - checked"],
  ["longer", `${LEAF} (func ${owing(LONG + 1)})`, "-, - loops checked heavy"],
  ["one that calls itself, often", `(func loop end ${"call 0 ".repeat(20)})`, "- loops checked"],
  [
    "one that calls itself, and has as much as need not be looked at",
    `(func ${units(HEAVY - 2)} loop end call 0)`,
    "- loops checked",
  ],
  [
    "one that calls itself, and has more",
    `(func ${units(HEAVY - 1)} loop end call 0)`,
    "- loops checked heavy",
  ],
  [
    "recursion, all paid at entry",
    `(func ${units(HEAVY)} call 1) (func call 0)`,
    "- checked, - checked",
  ],
  [
    "recursion, with as much as need not be looked at",
    `(func ${units(HEAVY - 2)} loop end call 1) (func call 0)`,
    "- loops checked, - checked",
  ],
  [
    "recursion, with more",
    `(func ${units(HEAVY - 1)} loop end call 1) (func call 0)`,
    "- loops checked heavy, - checked",
  ],
];

Deno.test("callees: what is known of each function", async (t) => {
  for (const [name, fields, expected] of ROWS) {
    await t.step(name, async () => {
      const module = parseModule(await wat(`(module ${fields} (type (func)) (table 1 funcref))`));
      assertEquals(render(survey(module)), expected);
    });
  }
});

Deno.test("callees: a call of what is not known is recursion if that may be the caller", async () => {
  const rows: [fields: string, isRecursive: boolean][] = [
    [`(func (export "g"))`, false],
    [`(func (export "g") (param externref) local.get 0 drop)`, true],
    [`(export "t" (table 0))`, true],
    [`(global (export "n") i32 i32.const 0)`, true],
    [`(elem (i32.const 0) func 1)`, true],
    [`(elem (i32.const 0) func 0)`, true],
    [`(elem (i32.const 0) func 2) (func)`, false],
  ];
  for (const [fields, isRecursive] of rows) {
    const module = parseModule(
      await wat(`(module (type (func)) (import "host" "f" (func)) (table 1 funcref)
        (func (export "f") loop end ${units(HEAVY)} ${INDIRECT}) ${fields})`),
    );
    assertEquals(survey(module).heavy[1] === 1, isRecursive, fields);
  }
});

Deno.test("callees: without recursion too, there is a most that all may owe in sum", async () => {
  // The leaf, one that recurses and does not count, many functions of the same body, and one of the rest.
  const each = 1 + 2000 * (UNCHECKED + 1);
  const count = Math.floor(MOST_OWED / each);
  const indices = [0, 1, ...new Array<number>(count).fill(2), 3];
  for (const more of [0, 1]) {
    const rest = MOST_OWED + more - count * each - UNCHECKED;
    const text = `(module ${LEAF} (func call 1) (func ${owing(each)}) (func ${owing(rest)}))`;
    const module = parseModule(await wat(text));
    const { starts, ends } = module.bodies;
    const { heavy } = survey({
      ...module,
      functionCount: indices.length,
      functionTypes: new Uint32Array(indices.length),
      addressTaken: new Uint8Array(indices.length),
      referenced: new Uint8Array(indices.length),
      bodies: {
        starts: Uint32Array.from(indices, (index) => starts[index]),
        ends: Uint32Array.from(indices, (index) => ends[index]),
      },
    });
    assertEquals([...heavy], indices.map((index) => index < 2 ? 0 : more));
  }
});

Deno.test("callees: whether anything allocates what is counted", async () => {
  const allocating = parseModule(assemble(`(module (type $s (struct))
    (func (drop (struct.new $s))))`));
  assertEquals([survey(allocating, true).allocates, survey(allocating).allocates], [true, false]);
  assertEquals(survey(parseModule(await wat("(module (func))")), true).allocates, false);
});
