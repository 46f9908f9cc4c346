// JSON with exact integers, against JSON itself.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { EXACT_JSON, MAX_DIGITS } from "../../lib/call/exact_json.ts";

const { parse, stringify } = EXACT_JSON;

/** Numbers as they are written, and what is read. */
const NUMBERS: [json: string, value: number | bigint][] = [
  ["0", 0],
  ["-0", -0],
  ["1", 1],
  ["1.0", 1],
  ["999999999999999", 999_999_999_999_999],
  ["9007199254740991", 2 ** 53 - 1],
  ["9007199254740992", 2n ** 53n],
  ["9007199254740993", 2n ** 53n + 1n],
  ["-9007199254740991", 1 - 2 ** 53],
  ["-9007199254740992", -(2n ** 53n)],
  ["9223372036854775807", 2n ** 63n - 1n],
  ["9223372036854775808", 2n ** 63n],
  ["-9223372036854775808", -(2n ** 63n)],
  ["18446744073709551615", 2n ** 64n - 1n],
  ["340282366920938463463374607431768211456", 2n ** 128n],
  ["1" + "0".repeat(400), 10n ** 400n],
  // With a point or an exponent it is no integer, whatever its value.
  ["9007199254740993.0", 2 ** 53],
  ["9007199254740993e0", 2 ** 53],
  ["9007199254740993E+2", 9007199254740993e2],
  ["18446744073709551615.5", 2 ** 64],
  ["1e20", 1e20],
  ["1e400", Infinity],
  ["-1e400", -Infinity],
  ["1e-400", 0],
  ["0.30000000000000004", 0.1 + 0.2],
  ["0.1234567890123456789", 0.1234567890123456789],
  ["1234567890123456e-10", 123456.7890123456],
];

/** Where a number can stand: the text around it, and how to get at it. */
const PLACES: [name: string, json: (number: string) => string, at: (value: unknown) => unknown][] =
  [
    ["alone", (n) => n, (v) => v],
    ["between blanks", (n) => ` \t\r\n${n} \n`, (v) => v],
    ["in an array", (n) => `[1,${n} , "x"]`, (v) => (v as unknown[])[1]],
    ["in an object", (n) => `{"a":{},"b" : ${n},"c":[]}`, (v) => (v as { b: unknown }).b],
    [
      "deep",
      (n) => `${'[{"a":'.repeat(500)}${n}${"}]".repeat(500)}`,
      (v) => {
        for (let i = 0; i < 500; i++) v = (v as [{ a: unknown }])[0].a;
        return v;
      },
    ],
    ["under __proto__", (n) => `{"__proto__":${n}}`, (v) => {
      assertStrictEquals(Object.getPrototypeOf(v), Object.prototype);
      return Object.getOwnPropertyDescriptor(v, "__proto__")!.value;
    }],
  ];

for (const [name, json, at] of PLACES) {
  Deno.test(`exact json: numbers ${name}`, () => {
    for (const [number, value] of NUMBERS) {
      assertStrictEquals(at(parse(json(number))), value, number);
      // Next to one that is beyond doubles, too.
      const beside = parse(`[${json(number)},18446744073709551615]`) as unknown[];
      assertStrictEquals(at(beside[0]), value, number);
      assertStrictEquals(beside[1], 2n ** 64n - 1n);
    }
  });
}

/** Texts without an integer that is too large for a double: read as `JSON.parse` reads them. */
const OTHERS = [
  '"9007199254740993"',
  '"-9007199254740993,"',
  '["\\"9007199254740993","\\\\",9,"\\\\\\"9007199254740993"]',
  '{"9007199254740993":1,"10":2,"9":3,"18446744073709551615":[],"":{}}',
  '{"a":1,"b":2,"a":{"c":"9007199254740993"},"b":[]}',
  '{"__proto__":{"x":"9007199254740993"},"constructor":1,"toString":null}',
  '{"__proto__":1,"x":"9007199254740993","__proto__":{"y":2}}',
  '[true,false,null,"true 9007199254740993",[],{},[[]],[{}],{"a":[]}]',
  '"\\u0039007199254740993\\ud834\\udd1e\\ud834 \u2028 𝄞"',
  '{"\\u005f_proto__":"9007199254740993"}',
  '" \\" : [ { , } ] 9007199254740993 "',
];

Deno.test("exact json: all else is what JSON.parse makes of it, in the same order", () => {
  for (const json of OTHERS) {
    const expected = JSON.parse(json);
    assertEquals(parse(json), expected, json);
    const [beside] = parse(`[${json},-9007199254740993]`) as unknown[];
    assertEquals(beside, expected, json);
    assertEquals(JSON.stringify(beside), JSON.stringify(expected), json);
    const isPlain = typeof beside !== "object" || Array.isArray(beside);
    assert(isPlain || Object.getPrototypeOf(beside) === Object.prototype, json);
  }
});

Deno.test("exact json: what is not JSON is refused", () => {
  const big = "9007199254740993";
  for (const json of ["", big + "n", `0${big}`, `+${big}`, `[${big}`, `${big}]`, `{${big}:1}`]) {
    assertThrows(() => parse(json), SyntaxError);
  }
  for (const json of [`${big} ${big}`, `[${big},]`, `[.${big}]`, `'${big}'`, `\ufeff${big}`]) {
    assertThrows(() => parse(json), SyntaxError);
  }
});

Deno.test("exact json: an integer has at most so many digits", () => {
  const longest = "9".repeat(MAX_DIGITS);
  assertStrictEquals(parse(longest), BigInt(longest));
  assertStrictEquals(parse("-" + longest), -BigInt(longest));
  for (const sign of ["", "-"]) {
    const error = assertThrows(() => parse(`[${sign}${longest}0]`), RangeError, "digits");
    assertEquals(error.message, `an integer of more than ${MAX_DIGITS} digits`);
  }
  assertStrictEquals(parse(longest + "0.5"), Infinity);
  assertEquals(parse(`["${longest}0"]`), [longest + "0"]);
});

Deno.test("exact json: a deep text is read where JSON.parse reads it", () => {
  const depth = 100_000;
  let value = parse("[".repeat(depth) + "9007199254740993" + "]".repeat(depth));
  for (let i = 0; i < depth; i++) value = (value as unknown[])[0];
  assertStrictEquals(value, 2n ** 53n + 1n);
});

Deno.test("exact json: written as integers", () => {
  const cycle: unknown[] = [1n];
  cycle.push(cycle);
  const rows: [value: unknown, json: string | undefined][] = [
    [1n, "1"],
    [-(2n ** 63n), "-9223372036854775808"],
    [2n ** 64n - 1n, "18446744073709551615"],
    [
      { a: [1n, 2, "3n"], b: { c: 2n ** 53n } },
      '{"a":[1,2,"3n"],"b":{"c":9007199254740992}}',
    ],
    [
      { a: 1n, b: undefined, c: () => {}, d: NaN, e: new Date(0) },
      '{"a":1,"d":null,"e":"1970-01-01T00:00:00.000Z"}',
    ],
    [{ toJSON: () => 5n }, "5"],
    [{ toJSON: () => ({ a: 5n }) }, '{"a":5}'],
    [undefined, undefined],
    [() => 1n, undefined],
    ["1n", '"1n"'],
    [JSON.parse('{"__proto__":[1]}'), '{"__proto__":[1]}'],
    [parse('{"__proto__":[9007199254740993]}'), '{"__proto__":[9007199254740993]}'],
  ];
  for (const [value, json] of rows) assertEquals(stringify(value), json);
  assertThrows(() => stringify(cycle), TypeError);
});

Deno.test("exact json: written as integers in a program that has taught BigInt another JSON", () => {
  const property = { value: () => "text", configurable: true };
  Object.defineProperty(BigInt.prototype, "toJSON", property);
  try {
    assertEquals(stringify([1n, { a: 2n ** 64n }, 3, "4"]), '[1,{"a":18446744073709551616},3,"4"]');
    assertEquals(stringify(5n), "5");
  } finally {
    Reflect.deleteProperty(BigInt.prototype, "toJSON");
  }
});

/** A generator of random integers below a bound, the same in each run. */
function random(seed: number): (below: number) => number {
  return (below) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(seed / 2 ** 32 * below);
  };
}

const EDGES = [2n ** 53n, 2n ** 63n, 2n ** 64n, 2n ** 31n, 10n ** 15n, 10n ** 16n, 10n ** 30n];
const TEXTS = [
  "",
  "9007199254740993",
  '"',
  "\\",
  "[",
  "18446744073709551615]",
  "𝄞",
  "__proto__",
  "\n",
];

function randomValue(below: (bound: number) => number, depth: number): unknown {
  switch (below(depth > 0 ? 7 : 5)) {
    case 0: {
      const integer = (EDGES[below(EDGES.length)] + BigInt(below(5) - 2)) * (below(2) ? 1n : -1n);
      return BigInt(Number(integer)) === integer && Number.isSafeInteger(Number(integer))
        ? Number(integer)
        : integer;
    }
    case 1:
      return TEXTS[below(TEXTS.length)];
    case 2:
      return [true, false, null][below(3)];
    case 3:
      return below(1000) / 7;
    case 4:
      return -1 - below(1000);
    case 5:
      return Array.from({ length: below(5) }, () => randomValue(below, depth - 1));
    default: {
      const keys = Array.from({ length: below(5) }, () => TEXTS[below(TEXTS.length)] + below(3));
      return Object.fromEntries(keys.map((key) => [key, randomValue(below, depth - 1)]));
    }
  }
}

/** The engine's own way to see how a number was written: exact as well, and slow. */
function oracle(json: string): unknown {
  const read = (_key: string, value: unknown, { source }: { source?: string }) =>
    Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(source!)
      ? BigInt(source!)
      : value;
  return JSON.parse(json, read as (key: string, value: unknown) => unknown);
}

Deno.test("exact json: 20,000 random values survive the way there and back", () => {
  const below = random(1);
  for (let i = 0; i < 20_000; i++) {
    const value = randomValue(below, 4);
    const json = stringify(value)!;
    assertEquals(parse(json), value, json);
    assertEquals(oracle(json), value, json);
  }
});
