import { assertEquals, assertGreater, assertThrows } from "@std/assert";
import { assemble } from "../support/binaryen.ts";
import { meter } from "../support/metered.ts";
import { type Call, returned, testRows } from "../support/meter_rows.ts";
import { wat } from "../support/wat.ts";

/** The bulk operators of memories and tables: of as many bytes or elements as parameter 0 says. */
const ON_MEMORY_AND_TABLES: Record<string, string> = {
  "memory.fill": "i32.const 5 i32.const 7 local.get 0 memory.fill",
  "memory.copy": "i32.const 5 i32.const 7 local.get 0 memory.copy",
  "memory.init": "i32.const 5 i32.const 0 local.get 0 memory.init $data",
  "table.fill": "i32.const 5 ref.func $x local.get 0 table.fill $table",
  "table.copy": "i32.const 5 i32.const 2 local.get 0 table.copy $table $table",
  "table.init": "i32.const 5 i32.const 0 local.get 0 table.init $table $elements",
  "table.grow": "ref.func $x local.get 0 table.grow $table drop",
};

/** `f` does it once, and notes in a global that it was done; `loop` does it until its length is 0. */
function memoryModule(operator: string): string {
  return `(memory (export "m") 1)
    (table $table (export "t") 10 40 funcref)
    (global $done (export "done") (mut i32) i32.const 0)
    (func $x)
    (elem $elements func $x $x $x $x)
    (data $data "0123456789")
    (func (export "f") (param i32) ${operator} i32.const 1 global.set $done)`;
}

testRows("meter: bulk operators on memories and tables", wat, [
  ...Object.entries(ON_MEMORY_AND_TABLES).flatMap(([name, operator]) => {
    const own = name === "table.grow" ? 6 : 7;
    const calls: Call[] = [
      [[0], returned(), own],
      [[3], returned(), own + 3],
      [[-1], name === "table.grow" ? returned() : "trap", own + 2 ** 32 - 1],
    ];
    const looping = memoryModule(operator).replace(operator, `loop ${operator}
      local.get 0 i32.const 1 i32.sub local.tee 0 i32.const 0 i32.gt_s br_if 0 end`);
    return [
      { name, text: memoryModule(operator), calls },
      {
        name: `${name} in a loop`,
        text: looping,
        calls: [
          [[0], returned(), own + 6],
          [[3], returned(), 3 + 3 * (own - 3 + 6) + 3 + 2 + 1],
        ] as Call[],
      },
    ];
  }),
]);
