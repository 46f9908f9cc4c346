// A soak that is too short to show a leak, but not whether it still works.
import { assertEquals } from "@std/assert";
import { ensureTestPlugin } from "../../examples/build.ts";
import { KINDS, WEIGHT } from "./mix.ts";
import { soak } from "./soak.ts";

Deno.test("soak: nothing is lost or wrong, and there is some of each kind", async () => {
  await ensureTestPlugin();
  const steps: number[] = [];
  const { lost, wrong, kinds } = await soak(WEIGHT, ({ calls }) => steps.push(calls));
  assertEquals(wrong, []);
  assertEquals(lost, 0);
  assertEquals(Object.fromEntries(kinds), Object.fromEntries(KINDS.map((k) => [k.name, k.weight])));
  assertEquals(steps.length, 20);
});
