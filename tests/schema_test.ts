import { assertEquals } from "@std/assert";
import { issueText, type SchemaIssue, toIssues } from "../lib/schema.ts";

const CASES: { name: string; path: SchemaIssue["path"]; keys?: string[]; text: string[] }[] = [
  { name: "the whole", path: [], text: ["m"] },
  { name: "no path", path: undefined, text: ["m"] },
  { name: "a key", path: ["limits", "fuel"], text: ["limits.fuel: m"] },
  { name: "an index", path: ["allow", "methods", 0], text: ["allow.methods[0]: m"] },
  { name: "an index at the top", path: [0, "x"], text: ["[0].x: m"] },
  { name: "a key with a dot", path: ["env", "a.b"], text: ['env["a.b"]: m'] },
  { name: "an empty key", path: [""], text: ['[""]: m'] },
  { name: "a key with a line end", path: ["a\n"], text: ['["a\\n"]: m'] },
  { name: "a long key", path: ["k".repeat(1e6)], text: [`["${"k".repeat(200)}"…]: m`] },
  { name: "a path segment", path: [{ key: "a" }, { key: 1 }], text: ["a[1]: m"] },
  {
    name: "unknown keys",
    path: ["a"],
    keys: ["x", "y"],
    text: ["a.x: unknown key", "a.y: unknown key"],
  },
];

Deno.test("schema: issues as text", async (t) => {
  for (const { name, path, keys, text } of CASES) {
    await t.step(name, () => {
      assertEquals(toIssues([{ path, keys, message: "m" }]).map(issueText), text);
    });
  }
});

Deno.test("schema: issues are bounded", () => {
  const found = [{ message: "a" }, { message: "b", keys: ["x", "y", "z"] }, { message: "c" }];
  for (const [most, count] of [[0, 0], [1, 1], [3, 3], [4, 4], [5, 5], [9, 5]]) {
    assertEquals(toIssues(found, most).length, count);
  }
});
