import { assertEquals } from "@std/assert";
import { compareModule } from "./fuzz/compare.ts";
import { readCrashes } from "./fuzz/crashes.ts";

const crashes = await readCrashes();

Deno.test("crashes: their numbers are 1, 2, 3 …", () => {
  const numbers = [...crashes.keys()].map((name) => Number(name.slice(0, 4)));
  assertEquals(numbers, numbers.map((_, i) => i + 1));
});

for (const [name, bytes] of crashes) {
  Deno.test(`crashes: ${name}`, () => assertEquals(compareModule(bytes).problem, undefined));
}
