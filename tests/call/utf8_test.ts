// How long text is in UTF-8.
import { assertEquals } from "@std/assert";
import { bytesBeyond, utf8Length } from "../../lib/call/utf8.ts";

const TEXTS = [
  "",
  "abc",
  "é",
  "€",
  "😀",
  "a\x7f\x80\u07ff\u0800\uffff",
  "\ud83d",
  "\ude00",
  "\ude00\ud83d",
  "\ud83d😀",
];

for (const text of TEXTS) {
  const { length } = new TextEncoder().encode(text);
  Deno.test(`utf8: ${JSON.stringify(text)} has ${length} bytes`, () => {
    assertEquals(utf8Length(text), length);
    assertEquals(bytesBeyond(length, text), undefined);
    if (length > 0) assertEquals(bytesBeyond(length - 1, text), length);
  });
}
