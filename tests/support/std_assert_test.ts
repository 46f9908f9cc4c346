import * as std from "@std/assert";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";

// Each row passes as it stands and fails with its other argument.
const CASES: [name: string, passes: () => unknown, fails: () => unknown][] = [
  ["assert", () => std.assert(1), () => std.assert(0)],
  [
    "assertEquals",
    () => std.assertEquals({ a: [new Uint8Array([1]), NaN] }, { a: [new Uint8Array([1]), NaN] }),
    () => std.assertEquals(new Uint8Array([1]), new Uint8Array([2])),
  ],
  [
    "assertNotEquals",
    () => std.assertNotEquals(new Map([[1, 2]]), new Map([[1, 3]])),
    () => std.assertNotEquals(new Map([[1, 2]]), new Map([[1, 2]])),
  ],
  ["assertStrictEquals", () => std.assertStrictEquals(1, 1), () => std.assertStrictEquals({}, {})],
  ["assertMatch", () => std.assertMatch("abc", /b/), () => std.assertMatch("abc", /d/)],
  [
    "assertStringIncludes",
    () => std.assertStringIncludes("abc", "b"),
    () => std.assertStringIncludes("abc", "d"),
  ],
  [
    "assertInstanceOf",
    () => std.assertInstanceOf(new TypeError(), Error),
    () => std.assertInstanceOf(new Error(), TypeError),
  ],
  ["assertGreater", () => std.assertGreater(2, 1), () => std.assertGreater(1, 1)],
  [
    "assertGreaterOrEqual",
    () => std.assertGreaterOrEqual(1, 1),
    () => std.assertGreaterOrEqual(0, 1),
  ],
  ["assertLess", () => std.assertLess(1, 2), () => std.assertLess(1, 1)],
  ["assertLessOrEqual", () => std.assertLessOrEqual(1, 1), () => std.assertLessOrEqual(2, 1)],
  ["assertThrows", () => std.assertThrows(raise), () => std.assertThrows(() => {})],
  [
    "assertThrows with a class",
    () => std.assertThrows(raise, RangeError, "too far"),
    () => std.assertThrows(raise, TypeError),
  ],
  [
    "assertThrows with a text",
    () => std.assertThrows(raise, Error),
    () => std.assertThrows(raise, Error, "too near"),
  ],
  [
    "assertRejects",
    () => std.assertRejects(() => Promise.reject(1)),
    () => std.assertRejects(() => Promise.resolve(1)),
  ],
  [
    "assertRejects with a class",
    () => std.assertRejects(() => Promise.reject(new RangeError("too far")), RangeError, "far"),
    () => std.assertRejects(() => Promise.reject(new RangeError("too far")), TypeError),
  ],
];

function raise(): never {
  throw new RangeError("too far");
}

for (const [name, passes, fails] of CASES) {
  Deno.test(`@std/assert: ${name}`, async () => {
    await passes();
    let failure: unknown;
    try {
      await fails();
    } catch (error) {
      failure = error;
    }
    assert(failure instanceof std.AssertionError, `a failed ${name} throws ${failure}`);
  });
}

Deno.test("@std/assert: assertThrows and assertRejects give back what was thrown", async () => {
  assertEquals(assertThrows(raise, RangeError).message, "too far");
  const reason = { any: "value" };
  assertEquals(await assertRejects(() => Promise.reject(reason)), reason);
});

Deno.test("@std/assert: a synchronous throw is no rejection", async () => {
  await assertRejects(() => assertRejects(raise));
});
