// What a call is refused when it needs more memory than it may have, and whose limit that was.
import { assertEquals } from "@std/assert";
import { readFile } from "node:fs/promises";
import { loadPlugin } from "../../mod.ts";
import { wasiGuest } from "../support/hostile.ts";
import { assertPluginError, rejection } from "../support/plugin.ts";
import { wat } from "../support/wat.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);
const PREFIX = 'Cannot call "run" on plugin "test-plugin": the guest was refused ';

/** The guest that plays scripts, with a memory of 4 to 8 pages by its own account. */
async function modest(): Promise<Uint8Array<ArrayBuffer>> {
  const [guest, script] = await Promise.all(
    ["guest.wat", "script.wat"].map((name) => readFile(new URL(name, FIXTURES), "utf8")),
  );
  const memory = '(memory (export "memory") 4';
  return await wat(`${guest}\n${script}`.replace(`${memory})`, `${memory} 8)`));
}

Deno.test("memory: the lower of the module's own limit and the manifest's stops it, and is named", async () => {
  const wasm = await modest();
  const rows: [memoryPages: number, limit: number, whose: string][] = [
    [7, 7, "limit"],
    [8, 8, "limit"],
    [9, 8, "its module's own limit"],
    [1024, 8, "its module's own limit"],
  ];
  for (const [memoryPages, limit, whose] of rows) {
    await using plugin = await loadPlugin({ name: "test-plugin", limits: { memoryPages } }, {
      wasm,
    });
    const error = await rejection(plugin.call("run", ">0>1!"));
    assertPluginError(error, {
      code: "memory_exceeded",
      error: { limit, value: 5 },
      report: { memoryPages: 5 },
    });
    assertEquals(error.message, `${PREFIX}more memory than 5 pages (${whose} ${limit} pages)`);
  }
});

/** A guest that makes such things and answers 1; at its start it has made others. */
function collected(makes: string, constants = ""): Promise<Uint8Array<ArrayBuffer>> {
  return wasiGuest(`
    (type $bytes (array (mut i8)))
    (type $pair (struct (field i64) (field i64)))
    ${constants}
    (func $main (param i32) (drop ${makes}) (call $answer (i32.const 1)))`);
}

/** Pages of the manifest, and the bytes of structures and arrays that a call may make then. */
const PAGES = 5, BYTES = PAGES * 65_536;
const manifest = { name: "test-plugin", limits: { memoryPages: PAGES } };
const array = (bytes: number) => `(array.new_default $bytes (i32.const ${bytes - 16}))`;

Deno.test("memory: structures and arrays of as many bytes as the pages have, and no more", async () => {
  const rows: [makes: string, constants: string, isEnough: boolean][] = [
    [array(BYTES), "", true],
    [array(BYTES + 1), "", false],
    [array(BYTES - 100), `(global (ref $bytes) ${array(100)})`, true],
    [array(BYTES - 99), `(global (ref $bytes) ${array(100)})`, false],
    ["(struct.new_default $pair)", `(global (ref $bytes) ${array(BYTES - 32)})`, true],
    ["(struct.new_default $pair)", `(global (ref $bytes) ${array(BYTES - 31)})`, false],
  ];
  for (const [makes, constants, isEnough] of rows) {
    await using plugin = await loadPlugin(manifest, { wasm: await collected(makes, constants) });
    // Each call has all of it.
    for (let left = 2; left > 0; left--) {
      if (isEnough) {
        assertEquals(await plugin.call("run"), 1);
        continue;
      }
      const error = await rejection(plugin.call("run"));
      assertPluginError(error, {
        code: "memory_exceeded",
        error: { limit: PAGES, value: PAGES },
        report: { exitCode: null, memoryPages: 4 },
      });
      const what =
        `more than ${BYTES} bytes of structures, arrays and exceptions (limit ${PAGES} pages)`;
      assertEquals(error.message, PREFIX + what);
    }
    assertEquals(await plugin.call("ping"), "pong");
  }
});

Deno.test("memory: a module whose constants alone are too much is not loaded", async () => {
  const load = async (bytes: number) => {
    const wasm = await collected("(i32.const 1)", `(global (ref $bytes) ${array(bytes)})`);
    return await loadPlugin(manifest, { wasm });
  };
  await (await load(BYTES)).close();
  assertPluginError(await rejection(load(BYTES + 1)), {
    code: "wasm_unsupported",
    message: /327681 bytes of structures and arrays at the start, where 327680 bytes are allowed/,
  });
});
