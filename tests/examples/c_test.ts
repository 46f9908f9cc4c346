// The C kit as an author gets it: the header alone, used as its README says, and what the example leaves out.
import { assertEquals } from "@std/assert";
import { copyFile, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { c, clang } from "../../examples/toolchains/c.ts";
import { loadPlugin } from "../../mod.ts";
import { Folder } from "../support/cli.ts";
import { assertPluginError, rejection } from "../support/plugin.ts";

const EXAMPLE = new URL("../../examples/plugins/c/", import.meta.url);
const INVALID_PARAMS = -32602;
const missing = await c.missing();

/** A folder with the header and this plugin. */
async function folderWith(source: string): Promise<Folder> {
  const folder = await Folder.make();
  await copyFile(fileURLToPath(new URL("plugin.h", EXAMPLE)), folder.path("plugin.h"));
  await folder.write("plugin.c", source);
  return folder;
}

Deno.test({
  name: `C kit: the README's plugin compiles, and answers${missing ? ` (${missing})` : ""}`,
  ignore: missing !== undefined,
  async fn() {
    const readme = await readFile(new URL("README.md", EXAMPLE), "utf8");
    await using folder = await folderWith(readme.split("```c\n")[1].split("```")[0]);
    const wasm = await c.compile(folder.path("/"), "greeter");
    const log: string[] = [];
    await using plugin = await loadPlugin({ name: "greeter", allow: { methods: ["kv.get"] } }, {
      wasm: Uint8Array.from(wasm),
      host: { "kv.get": (params) => `Hello ${params}` },
      onLog: ({ line }) => void log.push(line),
    });
    assertEquals(await plugin.call("greet", { name: "Ada" }), { text: "Hello Ada" });
    assertEquals(log, ["info: greeted Ada"]);
    const error = { rpcCode: INVALID_PARAMS, message: "name must be a string" };
    assertPluginError(await rejection(plugin.call("greet", {})), { code: "rpc", error });
  },
});

const SOURCE = `
#include <math.h>
#include <string.h>
#define PLUGIN_IMPLEMENTATION
#include "plugin.h"

#define READ(name, type, read, put) \\
    static bool name(json params, json_writer *reply) \\
    { \\
        type value; \\
        if (!(read)) return plugin_fail(reply, PLUGIN_INVALID_PARAMS, #name); \\
        put(reply, value); \\
        return true; \\
    }
READ(boolean, bool, json_bool(params, &value), json_put_bool)
READ(integer, int64_t, json_int(params, &value), json_put_int)
READ(byte, uint64_t, json_uint(params, 255, &value), json_put_uint)
READ(number, double, json_double(params, &value), json_put_double)
READ(string, char *, json_string(params, &value, NULL), json_put_string)

static bool type(json params, json_writer *reply)
{
    json_put_int(reply, json_type_of(json_get(params, "value")));
    return true;
}

static bool infinite(json params, json_writer *reply)
{
    (void)params;
    json_put_double(reply, INFINITY);
    return true;
}

static bool nothing(json params, json_writer *reply)
{
    (void)params;
    json_put_null(reply);
    return true;
}

// [names, values] of an array or an object.
static bool members(json params, json_writer *reply)
{
    json name, value;
    json_writer values = { 0 };
    json_open(&values, '[');
    json_open(reply, '[');
    json_open(reply, '[');
    for (json_iterator at = json_each(params); json_next(&at, &name, &value);) {
        json_put(reply, name);
        json_put(&values, value);
    }
    json_close(reply, ']');
    json_close(&values, ']');
    json_put(reply, (json){ values.bytes, values.length });
    json_close(reply, ']');
    return true;
}

// Reads the text that it is given as JSON; a string comes back without its escapes.
static bool parse(json params, json_writer *reply)
{
    char *text;
    size_t length;
    json value;
    if (!json_string(params, &text, NULL) || !json_parse(text, &value))
        return plugin_fail(reply, PLUGIN_INVALID_PARAMS, "not JSON");
    if (json_string(value, &text, &length))
        json_put_text(reply, text, length);
    else
        json_put(reply, value);
    return true;
}

static const plugin_method methods[] = {
    { "boolean", boolean }, { "integer", integer }, { "byte", byte }, { "number", number },
    { "string", string }, { "type", type }, { "infinite", infinite }, { "nothing", nothing },
    { "members", members }, { "parse", parse },
};

int main(void)
{
    return plugin_serve(methods, sizeof methods / sizeof *methods);
}
`;

const MAX = Number.MAX_SAFE_INTEGER;
/** Levels of nesting that the kit takes; so does the host, and the message around a result is one. */
const DEEP = 1000;

function nested(levels: number): string {
  return "[".repeat(levels) + "]".repeat(levels);
}

/** What a method makes of each of the params. */
const GOOD: Readonly<Record<string, readonly (readonly [params: unknown, result: unknown])[]>> = {
  boolean: [[true, true], [false, false]],
  integer: [0, 7, -7, MAX, -MAX].map((value) => [value, value]),
  byte: [0, 9, 10, 255].map((value) => [value, value]),
  number: [0, -1, 0.1, -0.25, 1e-7, 1e21, 1e300, MAX].map((value) => [value, value]),
  string: [["", ""], ["a😀", "a😀"], ["\ud800", "\ufffd"], ['\b\f\n\r\t"\\/', '\b\f\n\r\t"\\/']],
  type: [[{}, 0], ...[null, true, 1, "", [], {}].map((value, i) => [{ value }, i + 1] as const)],
  infinite: [[null, null]],
  nothing: [[null, null]],
  members: [
    [[], [[], []]],
    [{}, [[], []]],
    [[1, [2, 3]], [[null, null], [1, [2, 3]]]],
    [{ a: 1, "b\n": { c: [] } }, [["a", "b\n"], [1, { c: [] }]]],
    ["text", [[], []]],
  ],
  parse: [
    [' {"a" : [ 1 , -2.5e+3 , null ] } \n', { a: [1, -2500, null] }],
    ['"\\u0041\\ud83d\\ude00\\uD83Dx\\ude00\\u00e9"', "A😀\ufffdx\ufffdé"],
    ['"\\u0000"', "\0"],
    ["-0", 0],
    [nested(DEEP - 1), JSON.parse(nested(DEEP - 1))],
  ],
};

/** What a method refuses. */
const BAD: Readonly<Record<string, readonly unknown[]>> = {
  boolean: [null, 0, "true", []],
  integer: [null, "1", 1.5, 1e300, 2 ** 64, -(2 ** 64), []],
  byte: [-1, 256, 1e19, 1e20, "1", true],
  number: [null, "1", [1]],
  string: [null, 1, ["a"]],
  parse: [
    ...["", " ", "nul", "truex", "+1", "01", "1.", ".5", "1e", "1e+", "-", "1 2", "'a'"],
    ...["[", "[1", "[1,]", "[1 2]", "{", '{"a"}', '{"a":}', '{"a":1,}', "{1:2}", "]"],
    ...['"', '"a', '"\\', '"\\x"', '"\\u12g4"', '"\\u123"', '"\t"'],
    nested(DEEP + 1),
  ],
};

Deno.test({
  name: `C kit: reads what it should and refuses the rest${missing ? ` (${missing})` : ""}`,
  ignore: missing !== undefined,
  async fn() {
    await using folder = await folderWith(SOURCE);
    // Undefined behaviour is a trap.
    const checks = ["-fsanitize=undefined", "-fsanitize-trap=undefined", "-Wall", "-Werror"];
    const wasm = await clang([...checks, "plugin.c"], folder.path("/"));
    await using plugin = await loadPlugin({ name: "kit" }, { wasm: Uint8Array.from(wasm) });
    for (const [method, rows] of Object.entries(GOOD)) {
      for (const [params, result] of rows) {
        // As text, where the C kit's -0 and 0 are the same, and deep nesting is no recursion of ours.
        const found = JSON.stringify(await plugin.call(method, params));
        assertEquals(found, JSON.stringify(result), `${method} ${JSON.stringify(params)}`);
      }
    }
    for (const [method, rows] of Object.entries(BAD)) {
      for (const params of rows) {
        const error = await rejection(plugin.call(method, params));
        assertPluginError(error, { code: "rpc", error: { rpcCode: INVALID_PARAMS } });
      }
    }
  },
});
