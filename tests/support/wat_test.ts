import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { wat } from "./wat.ts";

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

Deno.test("wat assembles", async () => {
  assertEquals([...await wat("(module)")].slice(0, 8), HEADER);
});

Deno.test("wat gives each caller its own bytes", async () => {
  const first = await wat("(module)");
  first[0] = 9;
  assertNotEquals(await wat("(module)"), first);
});

Deno.test("wat says where the text is wrong", async () => {
  await assertRejects(() => wat("(module (func (call $nowhere)))"), Error, "inline.wat:1:21");
});
