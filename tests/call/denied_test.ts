// What is kept of the names of what a guest was refused.
import { assertEquals } from "@std/assert";
import { Denied } from "../../lib/call/denied.ts";

Deno.test("denied: each name once, in the order in which they came", () => {
  const denied = new Denied();
  assertEquals(denied.names, []);
  for (const name of ["b", "a", "b", "", "a", "c"]) denied.add(name);
  assertEquals(denied.names, ["b", "a", "", "c"]);
});

Deno.test("denied: the first 64, and not what comes later", () => {
  const denied = new Denied();
  const names = Array.from({ length: 66 }, (_, i) => `name ${i}`);
  for (const name of names) denied.add(name);
  assertEquals(denied.names, names.slice(0, 64));
});

Deno.test("denied: of a name 200 characters", () => {
  const denied = new Denied();
  for (const length of [199, 200, 201, 1_000_000]) denied.add("x".repeat(length));
  assertEquals(denied.names.map((name) => name.length), [199, 200]);
  denied.add("\u{1f600}".repeat(150));
  assertEquals(denied.names[2], "\u{1f600}".repeat(100));
});

Deno.test("denied: what it gives is the caller's", () => {
  const denied = new Denied();
  denied.add("a");
  denied.names.push("b");
  assertEquals(denied.names, ["a"]);
});
