/**
 * What metering inserts, word for word: `tests/fixtures/golden/<name>.wat` is the text of the metered functions.
 *
 * After a change that is meant: `UPDATE_GOLDEN=1 deno task test golden`, then read the difference.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { Reader } from "../../lib/wasm/bytes.ts";
import { meterModule } from "../../lib/wasm/meter.ts";
import { parseModule } from "../../lib/wasm/module.ts";
import { readOpcode } from "../../lib/wasm/opcodes.ts";
import { assemble } from "../support/binaryen.ts";
import { readBody } from "../support/operators.ts";
import { toWat, wat } from "../support/wat.ts";

const GOLDEN = new URL("../fixtures/golden/", import.meta.url);

const SOURCES: Record<string, string> = {
  straight: `(func (param $x i32) (result i32)
    local.get $x if (result i32) i32.const 1 i32.const 2 i32.add else i32.const 3 end)`,
  loop: `(func (param $n i32) (result i32) (local $sum i32)
    loop $again
      local.get $sum local.get $n i32.add local.set $sum
      local.get $n i32.const 1 i32.sub local.tee $n br_if $again
    end
    local.get $sum)`,
  nested_loops: `(func (param $n i32) (result i32)
    block $out (result i32)
      i32.const 7
      loop $outer (param i32) (result i32)
        loop $inner (param i32) (result i32)
          local.get $n br_if $inner
          local.get $n br_if $outer
          local.get $n br_table $inner $outer $out
        end
      end
    end)`,
  early_ends: `(func (param $n i32)
    loop
      local.get $n if return end
      local.get $n br_if 1
      local.get $n i32.const 5 i32.eq if unreachable end
      br 0
    end)`,
  calls: `(func $main (param $n i32) (result i32)
      loop
        local.get $n call $leaf call $main local.tee $n br_if 0
      end
      local.get $n call $straight)
    (func $leaf (param $x i32) (result i32) local.get $x i32.const 1 i32.add)
    (func $straight (param $x i32) (result i32) local.get $x call $main call $leaf)`,
  tail_calls: `(func $main (param $n i32) (result i32)
      loop local.get $n br_if 0 end
      local.get $n return_call $straight)
    (func $straight (param $n i32) (result i32)
      local.get $n local.get $n return_call_indirect (param i32) (result i32))
    (table funcref (elem $main))`,
  bulk: `(memory 1)
    (func (param $n i32)
      loop
        i32.const 0 i32.const 0 local.get $n memory.fill
        local.get $n memory.grow br_if 0
      end)
    (func $straight (param $n i32)
      i32.const 0 i32.const 0 local.get $n memory.fill)`,
  try_table: `(tag $e (param i32))
    (func $main (param $n i32) (result i32)
      block $caught (result i32)
        loop $again
          try_table (catch $e $caught) (catch_all $again)
            local.get $n call $throws
          end
          br $again
        end
        unreachable
      end)
    (func $throws (param $n i32) local.get $n throw $e)`,
  legacy_try: `(tag $e (param i32))
    (func (param $n i32)
      loop $again
        try
          local.get $n throw $e
        catch $e
          drop
          loop $dead rethrow 1 end
        catch_all
          try local.get $n throw $e delegate 2
          br $again
        end
      end)`,
  never_reached: `(func (param $n i32)
    loop $again
      br $again
      i32.const 1 drop
      loop $dead local.get $n br_if $again end
    end
    i32.const 1 drop)`,
};

Deno.test("golden: a whole module", async () => {
  const bytes = await wat(`(module
    (import "host" "tick" (func $tick))
    (memory (export "memory") 1 4)
    (func $s (export "f") loop call $tick br 0 end)
    (start $s))`);
  await compare("module", await toWat(meterModule(bytes, { maxPages: 3 }).bytes));
});

Deno.test("golden: structures and arrays that are counted", async () => {
  const bytes = assemble(`(module
    (type $bytes (array (mut i8)))
    (type $node (struct (field i32) (field (ref null $bytes))))
    (func (export "f") (param $n i32)
      (if (local.get $n) (then (drop (struct.new_default $node))))
      (drop (array.new_fixed $bytes 1 (i32.const 2))))
    (func (param $n i32) (result anyref)
      (loop $again
        (br_if $again (i32.const 0))
        (drop (struct.new $node (i32.const 1) (array.new_default $bytes (local.get $n))))
        (br_if $again (local.get $n)))
      (array.new $bytes (i32.const 1) (local.get $n))))`);
  const metered = meterModule(bytes, { maxAllocated: 1000 }).bytes;
  await compare("allocation", list(metered, 2));
});

/** The first functions of a module, which wabt could not read, one operator a line. */
function list(bytes: Uint8Array, count: number): string {
  const { starts, ends } = parseModule(bytes).bodies;
  return Array.from(starts.subarray(0, count), (start, i) => {
    const { operators } = readBody(bytes, start, ends[i]);
    const lines = operators.map(({ opcode, start, end }) => {
      const reader = new Reader(bytes, start, end);
      readOpcode(reader);
      const immediates = [];
      while (!reader.done) immediates.push(reader.s33());
      return [opcode.name, ...immediates].join(" ");
    });
    return `function ${i}\n  ${lines.join("\n  ")}\n`;
  }).join("");
}

Deno.test("golden: functions", async (t) => {
  for (const [name, source] of Object.entries(SOURCES)) {
    await t.step(name, async () => {
      const bytes = await wat(`(module ${source})`);
      const count = source.split("(func ").length - 1;
      const text = await toWat(meterModule(bytes).bytes);
      // One a line at the top level, and what it consists of on the lines after it.
      const functions = text.match(/^ {2}\(func .*\n( {4}.*\n)*/gm)!;
      await compare(name, functions.slice(0, count).join(""));
    });
  }
});

async function compare(name: string, actual: string): Promise<void> {
  const file = new URL(`${name}.wat`, GOLDEN);
  if (process.env.UPDATE_GOLDEN === "1") await writeFile(file, actual);
  assertEquals(actual, await readFile(file, "utf8"));
}
