import { assertEquals } from "@std/assert";
import { Writer } from "../../lib/wasm/bytes.ts";
import { parseModule } from "../../lib/wasm/module.ts";
import { functionNames } from "../../lib/wasm/names.ts";
import { wat } from "../support/wat.ts";

const MODULE = `(module
  (import "host" "tick" (func))
  (func)
  (func (export "run"))
  (func (export "again") (export "more")))`;
const UNNAMED = ["host.tick", "function 1", "run", "more"];

/** A custom section `name` with that content. */
function nameSection(content: readonly number[]): Uint8Array {
  const body = new Writer();
  body.name("name");
  body.bytes(content);
  const section = new Writer();
  section.section(0, body);
  return section.finish();
}

const text = (name: string) => {
  const bytes = [...new TextEncoder().encode(name)];
  return [bytes.length, ...bytes];
};
const subsection = (id: number, content: readonly number[]) => [id, content.length, ...content];

/** Content of a name section, and the names that come of it. */
const ROWS: readonly (readonly [name: string, content: readonly number[], names: string[]])[] = [
  ["empty", [], UNNAMED],
  ["of functions", subsection(1, [2, 1, ...text("main"), 2, ...text("h\u{1f600}")]), [
    ...["host.tick", "main", "h\u{1f600}", "more"],
  ]],
  ["after those of the module", [
    ...subsection(0, text("m")),
    ...subsection(1, [1, 3, ...text("x")]),
    ...subsection(2, [9, 9, 9]),
  ], ["host.tick", "function 1", "run", "x"]],
  ["of what there is not, and empty ones", subsection(1, [2, 1, 0, 99, ...text("x")]), UNNAMED],
  ["broken after the first", subsection(1, [2, 1, ...text("a"), 0xff]), [
    ...["host.tick", "a", "run", "more"],
  ]],
  ["not UTF-8", subsection(1, [1, 1, 1, 0xff]), UNNAMED],
  ["of a length that lies", [1, 0xff, 0xff, 0xff, 0xff, 0x0f], UNNAMED],
];

for (const [name, content, names] of ROWS) {
  Deno.test(`names: ${name}`, async () => {
    const bytes = await wat(MODULE);
    const own = parseModule(bytes).sections.find(({ name }) => name === "name");
    const module = Uint8Array.from([...bytes.subarray(0, own?.start), ...nameSection(content)]);
    assertEquals(functionNames(parseModule(module)), names);
  });
}
