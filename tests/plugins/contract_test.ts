// Every example plugin keeps the same contract, on the runtime that runs this.
import { assertEquals, fail } from "@std/assert";
import { buildAll } from "../../examples/build.ts";
import { CHECKS } from "./contract.ts";
import { type Guest, GUESTS, METHODS } from "./guests.ts";
import { Subject } from "./subject.ts";

const outcomes = await buildAll({ stale: true });

Deno.test("contract: every example plugin is in the table", () => {
  assertEquals(GUESTS.map(({ name }) => name), outcomes.map(({ name }) => name));
});

for (const guest of GUESTS) {
  const { outcome, note } = outcomes.find(({ name }) => name === guest.name)!;
  if (outcome === "failed") {
    Deno.test(`contract: ${guest.name}: builds`, () => fail(note));
  } else if (outcome === "skipped") {
    // The reason is in the name, which is what runners print of a test that they leave out.
    Deno.test.ignore(`contract: ${guest.name}: ${note}`, () => {});
  } else {
    test(guest);
  }
}

function test(guest: Guest): void {
  const { name, methods = METHODS } = guest;
  let loading: Promise<Subject> | undefined;
  for (const check of CHECKS) {
    if (!check.methods.every((method) => methods.includes(method))) continue;
    Deno.test(`contract: ${name}: ${check.name}`, async () => {
      await check.run(await (loading ??= Subject.load(name)), guest);
    });
  }
}
