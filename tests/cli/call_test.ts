import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { cli, Folder } from "../support/cli.ts";
import { answer, ask, guest, refuse } from "../support/plugin.ts";

const script = (text: string) => JSON.stringify(text);

/** A folder with the plugin of script.wat and a module of host methods. */
async function makeFolder(): Promise<{ folder: Folder; manifest: string; host: string }> {
  const folder = await Folder.make();
  await folder.write("script.wasm", await guest("script"));
  const manifest = await folder.write("plugin.json", {
    name: "script",
    wasm: { path: "script.wasm" },
    allow: { methods: ["double"], env: ["LANG"], args: ["hi^;"] },
  });
  const host = await folder.write("host.ts", "export default { double: (n: number) => n * 2 };\n");
  return { folder, manifest, host };
}

/** Arguments after `call MANIFEST`, and what comes of them. */
const CALLS: readonly {
  name: string;
  argv: readonly string[];
  code: number;
  stdout: string;
  stderr?: RegExp;
}[] = [
  { name: "a result", argv: ["ping"], code: 0, stdout: '"pong"\n', stderr: /^$/ },
  {
    name: "params as JSON",
    argv: ["run", script(answer({ a: [1, null] }))],
    code: 0,
    stdout: '{"a":[1,null]}\n',
  },
  {
    name: "integers that no double holds, in a result",
    argv: ["run", script(answer("N").replace("'N'", "[18446744073709551615,1]"))],
    code: 0,
    stdout: "[18446744073709551615,1]\n",
  },
  {
    name: "and in the data of an error",
    argv: [
      "run",
      script(refuse({ code: 1, message: "no", data: "N" }).replace("'N'", "18446744073709551615")),
    ],
    code: 1,
    stdout: "",
    stderr: /\n {2}data: 18446744073709551615\n$/,
  },
  {
    name: "logs on stderr, without the power to move the cursor",
    argv: ["run", script("\u009b31mred^;" + answer())],
    code: 0,
    stdout: "null\n",
    stderr: /^\[script\] \\u\{9b\}31mred\n$/,
  },
  {
    name: "a result without that power either, as the same JSON",
    argv: ["run", script(answer("\u009b\u202e\u{e0001}"))],
    code: 0,
    stdout: '"\\u009b\\u202e\\udb40\\udc01"\n',
  },
  {
    name: "an error of the guest",
    argv: ["run", script(refuse({ code: -3, message: "no\u202e", data: { x: 1 } }))],
    code: 1,
    stdout: "",
    stderr: /^error: the guest answered: no\\u\{202e\} \(rpc -3\)\n {2}data: \{"x":1\}\n$/,
  },
  {
    name: "a trap",
    argv: ["run", script("!")],
    code: 1,
    stdout: "",
    stderr: /^error: Cannot call "run" on plugin "script": .* \(trap\)\n$/,
  },
  {
    name: "--timeout",
    argv: ["run", script("@"), "--timeout", "30"],
    code: 1,
    stdout: "",
    stderr: /\(deadline_exceeded\)\n$/,
  },
  {
    name: "--fuel",
    argv: ["run", script("@"), "--fuel", "100000"],
    code: 1,
    stdout: "",
    stderr: /limit 100000\) \(out_of_fuel\)\n$/,
  },
  {
    name: "--arg that the manifest grants",
    argv: ["ping", "--arg", "hi^;"],
    code: 0,
    stdout: '"pong"\n',
    stderr: /^\[script\] hi\n$/,
  },
  {
    name: "--arg that it does not grant",
    argv: ["ping", "--arg", "--verbose"],
    code: 1,
    stdout: "",
    stderr: /"--verbose" is not in allow\.args \(capability_denied\)\n$/,
  },
  {
    name: "--env that the manifest grants",
    argv: ["ping", "--env", "LANG=a=b"],
    code: 0,
    stdout: '"pong"\n',
  },
  {
    name: "--env that it does not grant",
    argv: ["ping", "--env", "LANG=C", "--env", "PATH=/bin"],
    code: 1,
    stdout: "",
    stderr: /"PATH" is not in allow\.env \(capability_denied\)\n$/,
  },
  {
    name: "no host method without --host, granted or not",
    argv: ["run", script(ask(1, "double", 4) + "?" + answer())],
    code: 0,
    stdout: "null\n",
    stderr: /"code":-32601/,
  },
  { name: "a negative number as params", argv: ["ping", "-1"], code: 0, stdout: '"pong"\n' },
  {
    name: "params that are not JSON",
    argv: ["ping", "{"],
    code: 2,
    stdout: "",
    stderr: /Not JSON/,
  },
  {
    name: "no method",
    argv: [],
    code: 2,
    stdout: "",
    stderr: /missing required argument 'method'/,
  },
  { name: "one argument too many", argv: ["ping", "1", "2"], code: 2, stdout: "" },
  { name: "an unknown option", argv: ["ping", "--now"], code: 2, stdout: "" },
  { name: "a timeout of 0", argv: ["ping", "--timeout", "0"], code: 2, stdout: "" },
  { name: "fuel that is no integer", argv: ["ping", "--fuel", "1.5"], code: 2, stdout: "" },
  { name: "a variable without value", argv: ["ping", "--env", "LANG"], code: 2, stdout: "" },
  { name: "a host that is not there", argv: ["ping", "--host", "./no.ts"], code: 2, stdout: "" },
];

Deno.test("cli call", async (t) => {
  const { folder, manifest } = await makeFolder();
  await using _ = folder;
  for (const { name, argv, code, stdout, stderr } of CALLS) {
    await t.step(name, async () => {
      const outcome = await cli("call", manifest, ...argv);
      assertEquals(
        { code: outcome.code, stdout: outcome.stdout },
        { code, stdout },
        outcome.stderr,
      );
      if (stderr) assertMatch(outcome.stderr, stderr);
      else if (code !== 0) assert(outcome.stderr.length > 0);
    });
  }
});

Deno.test("cli call: --host brings host methods, as far as the manifest grants them", async () => {
  const { folder, manifest, host } = await makeFolder();
  await using _ = folder;
  const script = ask(1, "double", 4) + "?" + ask(2, "triple", 4) + "?" + answer();
  const outcome = await cli("call", manifest, "run", JSON.stringify(script), "--host", host);
  assertEquals(outcome.code, 0, outcome.stderr);
  assertStringIncludes(outcome.stderr, '"result":8');
  assertStringIncludes(outcome.stderr, '"code":-32001');
});

Deno.test("cli call: integers in params reach the guest as they are", async () => {
  await using folder = await Folder.make();
  await folder.write("wire.wasm", await guest("wire"));
  const manifest = await folder.write("plugin.json", { name: "wire", wasm: { path: "wire.wasm" } });
  const { code, stderr } = await cli("call", manifest, "run", "[18446744073709551615,-0.5]");
  assertEquals(code, 0);
  assertStringIncludes(stderr, '"params":[18446744073709551615,-0.5]}');
});

Deno.test("cli call: --report prints one line of JSON, for a failure too", async () => {
  const { folder, manifest } = await makeFolder();
  await using _ = folder;
  for (const [method, outcome] of [["ping", "ok"], ["run", "exit"]]) {
    const { stderr } = await cli("call", manifest, method, "0", "--report");
    const report = JSON.parse(stderr.trimEnd().split("\n").at(-1)!);
    assertEquals([report.method, report.outcome], [method, outcome]);
  }
});

Deno.test("cli call: what is wrong with a manifest is listed", async () => {
  await using folder = await Folder.make();
  const manifest = await folder.write("plugin.json", { name: 1, limits: { fule: 1 } });
  const { code, stdout, stderr } = await cli("call", manifest, "ping");
  assertEquals({ code, stdout }, { code: 2, stdout: "" });
  assertMatch(stderr, /^error: .* \(manifest_invalid\)\n/);
  assertStringIncludes(stderr, "\n  name: ");
  assertStringIncludes(stderr, "\n  limits.fule: unknown key\n");
});

Deno.test("cli call: nothing is called when the plugin does not load", async (t) => {
  await using folder = await Folder.make();
  const wasm = { path: "no.wasm" };
  const rows: [name: string, manifest: string, code: string][] = [
    ["no manifest", folder.path("no.json"), "manifest_invalid"],
    ["not JSON", await folder.write("text.json", "name: x"), "manifest_invalid"],
    ["no module", await folder.write("no_module.json", { name: "x", wasm }), "wasm_unreachable"],
  ];
  for (const [name, manifest, expected] of rows) {
    await t.step(name, async () => {
      const { code, stdout, stderr } = await cli("call", manifest, "ping");
      assertEquals({ code, stdout }, { code: 2, stdout: "" });
      assertStringIncludes(stderr, `(${expected})`);
    });
  }
});
