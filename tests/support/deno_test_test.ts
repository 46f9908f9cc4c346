// The shapes of Deno.test that the suite may use: Deno's own here, the preload's under Bun.
import { assertEquals } from "@std/assert";

const ran: string[] = [];

Deno.test("shape: name, function", () => void ran.push("name, function"));
Deno.test(function shapeNamedFunction() {
  ran.push("named function");
});
Deno.test({ name: "shape: definition", fn: () => void ran.push("definition") });
Deno.test({ name: "shape: options, function" }, () => void ran.push("options, function"));
Deno.test("shape: name, options, function", { ignore: false }, () => {
  ran.push("name, options, function");
});

Deno.test("shape: steps, nested and awaited", async (t) => {
  const passed = await t.step("outer", async (outer) => {
    assertEquals([outer.name, outer.parent?.name], ["outer", t.name]);
    await outer.step({
      name: "inner",
      fn: () => Promise.resolve().then(() => void ran.push("inner")),
    });
    ran.push("outer");
  });
  assertEquals(passed, true);
});

Deno.test("shape: all of the above ran, in order", () => {
  assertEquals(ran, [
    "name, function",
    "named function",
    "definition",
    "options, function",
    "name, options, function",
    "inner",
    "outer",
  ]);
});
