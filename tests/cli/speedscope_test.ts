// A profile as a file for speedscope, and as lines for people.
import { assertEquals } from "@std/assert";
import { speedscope, topTen } from "../../lib/cli/speedscope.ts";

Deno.test("speedscope: the whole file", () => {
  const functions = [{ name: "a", fuel: 30 }, { name: "b", fuel: 12 }, { name: "a", fuel: 1 }];
  assertEquals(JSON.parse(speedscope("p: run", functions)), {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name: "p: run",
    exporter: "@wasm-plugin/rt",
    activeProfileIndex: 0,
    shared: { frames: [{ name: "a" }, { name: "b" }, { name: "a" }] },
    profiles: [{
      type: "sampled",
      name: "p: run",
      unit: "none",
      startValue: 0,
      endValue: 43,
      samples: [[0], [1], [2]],
      weights: [30, 12, 1],
    }],
  });
});

Deno.test("speedscope: nothing was burnt", () => {
  const { shared, profiles: [profile] } = JSON.parse(speedscope("p", []));
  assertEquals(shared, { frames: [] });
  const { samples, weights, endValue } = profile;
  assertEquals({ samples, weights, endValue }, { samples: [], weights: [], endValue: 0 });
  assertEquals(topTen([]), "fuel  share  function\n");
});

Deno.test("speedscope: names stay as they are in the file", () => {
  for (const name of ['"', "\\", "\u001b[2J", "\u202e", "__proto__", "", "😀"]) {
    const { name: title, shared } = JSON.parse(speedscope(name, [{ name, fuel: 1 }]));
    assertEquals([title, shared.frames], [name, [{ name }]]);
  }
});

Deno.test("speedscope: more fuel than fits in 32 bits", () => {
  const functions = [{ name: "a", fuel: 2 ** 52 }, { name: "b", fuel: 2 ** 40 + 1 }];
  const { profiles: [{ weights, endValue }] } = JSON.parse(speedscope("p", functions));
  assertEquals([weights, endValue], [[2 ** 52, 2 ** 40 + 1], 2 ** 52 + 2 ** 40 + 1]);
  assertEquals(topTen(functions).split("\n")[1], "4503599627370496  100.0 %  a");
});

Deno.test("speedscope: the top ten are the first ten, with their share of all", () => {
  const functions = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `f${index}`, fuel: 100 - index }));
  const named = (count: number) =>
    topTen(functions(count)).match(/f\d+$/gm)?.map((name) => Number(name.slice(1)));
  assertEquals(named(9), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals(named(10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals(named(11), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  // What is not shown counts in the sum: 8 of 8 + 1 * 12.
  const rest = Array.from({ length: 12 }, () => ({ name: "g", fuel: 1 }));
  assertEquals(topTen([{ name: "f", fuel: 8 }, ...rest]).split("\n").slice(1, 3), [
    "8     40.0 %  f",
    "1     5.0 %   g",
  ]);
});

Deno.test("speedscope: the columns of the top ten are aligned", () => {
  const functions = [{ name: "b", fuel: 123_456 }, { name: "a\nb", fuel: 1 }];
  assertEquals(
    topTen(functions),
    "fuel    share    function\n" +
      "123456  100.0 %  b\n" +
      "1       0.0 %    a\\u{a}b\n",
  );
});
