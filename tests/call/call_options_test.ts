// What a caller may set for one call, and how it narrows what the manifest grants.
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { type CallOptions, checkOptions, narrowed } from "../../lib/call/call_options.ts";
import { type Limits, parseManifest } from "../../lib/manifest.ts";

/** Options, some of which are wrong on purpose. */
type Loose = Record<string, unknown>;

const message = (what: string) => `Cannot: ${what}`;

Deno.test("call options: those that there are", () => {
  const options = { signal: undefined, timeoutMs: 1, fuel: 1, env: {}, args: [] };
  checkOptions(options, () => "not one of them is unknown");
  checkOptions(Object.create({ inherited: 1 }), () => "what is inherited is not looked at");
});

const UNKNOWN: [name: string, options: Loose, quoted: string][] = [
  ["one of a similar name", { timeout: 10 }, '"timeout"'],
  ["one in another case", { Fuel: 10 }, '"Fuel"'],
  ["one besides others", { fuel: 10, onLog: 1 }, '"onLog"'],
  ["one that is undefined", { sliceMs: undefined }, '"sliceMs"'],
  ["one that every object has", { toString: 1 }, '"toString"'],
  ["one that would turn the text around", { "a\u202e": 1 }, '"a\\u{202e}"'],
];

for (const [name, options, quoted] of UNKNOWN) {
  Deno.test(`call options: unknown, ${name}`, () => {
    const error = assertThrows(() => checkOptions(options as CallOptions, message), TypeError);
    assertEquals(error.message, `Cannot: unknown option ${quoted}`);
  });
}

const limitsOf = (limits: Partial<Limits>) => parseManifest({ name: "p", limits }).limits;
const LIMITS = limitsOf({ fuel: 1000, timeoutMs: 50 });
const NO_FUEL_LIMIT = limitsOf({ timeoutMs: 50 });

type Figure = "timeoutMs" | "fuel";

const NARROWED: [figure: Figure, limits: Limits, wanted: number | undefined, is: number][] = [
  ["fuel", LIMITS, undefined, 1000],
  ["fuel", LIMITS, 999, 999],
  ["fuel", LIMITS, 1000, 1000],
  ["fuel", LIMITS, 1001, 1000],
  ["fuel", LIMITS, Infinity, 1000],
  ["fuel", LIMITS, 0, 0],
  ["fuel", LIMITS, 0.9, 0],
  ["fuel", LIMITS, 2.5, 2],
  ["fuel", NO_FUEL_LIMIT, undefined, Infinity],
  ["fuel", NO_FUEL_LIMIT, Infinity, Infinity],
  ["fuel", NO_FUEL_LIMIT, 2 ** 53, 2 ** 53],
  ["timeoutMs", LIMITS, undefined, 50],
  ["timeoutMs", LIMITS, 49.5, 49.5],
  ["timeoutMs", LIMITS, 50.5, 50],
  ["timeoutMs", LIMITS, 0.5, 0.5],
  ["timeoutMs", LIMITS, 0, 0],
  ["timeoutMs", LIMITS, Infinity, 50],
];

Deno.test("call options: a figure is the lower of the two", () => {
  for (const [figure, limits, wanted, is] of NARROWED) {
    const row = `${figure} of ${wanted}, where ${limits[figure]} is the limit`;
    assertStrictEquals(narrowed({ [figure]: wanted }, limits, figure), is, row);
  }
});

Deno.test("call options: of two figures each has its own limit", () => {
  const options = { fuel: 7, timeoutMs: 3 };
  assertEquals(narrowed(options, LIMITS, "fuel"), 7);
  assertEquals(narrowed(options, LIMITS, "timeoutMs"), 3);
});

Deno.test("call options: a figure that is none", () => {
  for (const figure of ["fuel", "timeoutMs"] as const) {
    for (const wrong of [-1, -Number.MIN_VALUE, -Infinity, NaN, "1", 1n, null, true, [1], {}]) {
      const options = { [figure]: wrong } as CallOptions;
      const error = assertThrows(() => narrowed(options, LIMITS, figure), TypeError);
      const expected = `Cannot make the call: option ${figure} must be a number from 0 on`;
      assertEquals(error.message, expected);
    }
  }
});
