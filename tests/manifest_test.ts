import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { readFile } from "node:fs/promises";
import { schema } from "../lib/cli/schema.ts";
import { ManifestError } from "../lib/errors.ts";
import { manifestJsonSchema, manifestSchema, parseManifest } from "../lib/manifest.ts";
import type { Manifest, ManifestInput } from "../lib/manifest.ts";

const HASH = "0123456789abcdef".repeat(4);

const LEAST: Manifest = {
  name: "p",
  allow: { methods: [], env: [], args: [], clock: false, random: false },
  env: {},
  args: [],
  stdin: "blocking",
  limits: {
    timeoutMs: 30_000,
    memoryPages: 1024,
    messageBytes: 8_388_608,
    logBytes: 1_048_576,
    hostCalls: 100_000,
    hostCallsInFlight: 64,
    concurrency: 32,
    queue: 1024,
  },
};

const FULL: Manifest = {
  $schema: "./manifest.schema.json",
  name: "test-plugin",
  version: "0.1.0",
  description: "the six reference methods",
  wasm: { path: "../build/test-plugin.wasm", sha256: HASH },
  allow: {
    methods: ["echo", "fs.*"],
    env: ["LANG"],
    args: ["--verbose"],
    clock: true,
    random: true,
  },
  env: { LANG: "C.UTF-8" },
  args: ["--verbose"],
  stdin: "nonblocking",
  deterministic: { seed: 2 ** 53 - 1, startMs: 9_223_372_036_854 },
  limits: {
    fuel: 1,
    timeoutMs: 2 ** 53 - 1,
    memoryPages: 65_536,
    messageBytes: 1,
    logBytes: 1,
    hostCalls: 0,
    hostCallsInFlight: 1,
    concurrency: 1,
    queue: 0,
  },
};

const ACCEPTED: { name: string; input: ManifestInput; manifest: Manifest }[] = [
  { name: "the least", input: { name: "p" }, manifest: LEAST },
  { name: "everything", input: FULL, manifest: FULL },
  { name: "what it gave itself", input: LEAST, manifest: LEAST },
  {
    name: "one grant, one limit",
    input: { name: "p", allow: { clock: true }, limits: { fuel: 5e9 } },
    manifest: {
      ...LEAST,
      allow: { ...LEAST.allow, clock: true },
      limits: { ...LEAST.limits, fuel: 5e9 },
    },
  },
  {
    name: "a coarse clock",
    input: { name: "p", allow: { clock: "coarse" } },
    manifest: { ...LEAST, allow: { ...LEAST.allow, clock: "coarse" } },
  },
  {
    name: "determinism from zero",
    input: { name: "p", deterministic: {} },
    manifest: { ...LEAST, deterministic: { seed: 0, startMs: 0 } },
  },
  {
    name: "a url, and its hash in capitals",
    input: { name: "p", wasm: { url: "https://example.com/a.wasm", sha256: HASH.toUpperCase() } },
    manifest: { ...LEAST, wasm: { url: "https://example.com/a.wasm", sha256: HASH } },
  },
  ...["a.wasm", "./a b.wasm", "../../a.wasm", "/srv/a.wasm", "a:b".replace("a", "./a"), "#%?.wasm"]
    .map((path) => ({
      name: `path ${path}`,
      input: { name: "p", wasm: { path } },
      manifest: { ...LEAST, wasm: { path } },
    })),
  ...["p", "näme 世界 🎈", "x".repeat(128)].map((name) => ({
    name: `name ${name}`,
    input: { name },
    manifest: { ...LEAST, name },
  })),
  {
    name: "keys that left their value out",
    input: { name: "p", version: undefined, allow: undefined, env: undefined, limits: {} },
    manifest: { ...LEAST, version: undefined },
  },
];

Deno.test("manifest: accepted", async (t) => {
  for (const { name, input, manifest } of ACCEPTED) {
    await t.step(name, () => assertEquals(parseManifest(input), manifest));
  }
});

Deno.test("manifest: what is filled in is nobody else's", () => {
  const one = parseManifest({ name: "p" });
  one.env.A = "1";
  one.allow.methods.push("echo");
  one.limits.queue = 1;
  assertEquals(parseManifest({ name: "p" }), LEAST);
  assertNotEquals(one, LEAST);
});

const OBJECT = "expected an object";
const TEXT = "expected a string";
const NAME = "expected 1 to 128 printable characters";
const PATH = "expected a path, without scheme and host";
const VARIABLE = "expected a name of a variable, without = and control characters";
const METHOD = "expected a method name, or a prefix that ends in .*";
const POSITIVE = "expected a positive integer";

/** A manifest of that name with these keys. */
const p = (keys: object) => ({ name: "p", ...keys });
const json = (text: string) => JSON.parse(text);

/** What is refused, with each issue as `path: message`. */
const REFUSED: [manifest: unknown, ...issues: string[]][] = [
  [undefined, `: ${OBJECT}`],
  [null, `: ${OBJECT}`],
  [42, `: ${OBJECT}`],
  ["{}", `: ${OBJECT}`],
  [[], `: ${OBJECT}`],
  [{}, `name: ${TEXT}`],

  // Unknown keys, at each depth.
  [p({ foo: 1 }), "foo: unknown key"],
  [p({ foo: 1, "a b": 2 }), "foo: unknown key", '["a b"]: unknown key'],
  [p({ wasm: { path: "a", size: 1 } }), "wasm.size: unknown key"],
  [p({ allow: { method: [], net: true } }), "allow.method: unknown key", "allow.net: unknown key"],
  [p({ limits: { Fuel: 1 } }), "limits.Fuel: unknown key"],
  [json('{"name":"p","__proto__":{"allow":{}}}'), "__proto__: unknown key"],
  [json('{"name":"p","allow":{"__proto__":{"clock":true}}}'), "allow.__proto__: unknown key"],
  [
    Object.create({ allow: { clock: true }, more: 1 }, Object.getOwnPropertyDescriptors(p({}))),
    "more: unknown key",
  ],

  // Wrong types, all of them at once.
  [
    {
      $schema: 1,
      name: 1,
      version: 1,
      description: 1,
      wasm: 1,
      allow: 1,
      env: 1,
      args: 1,
      stdin: 1,
      limits: 1,
    },
    `$schema: ${TEXT}`,
    `name: ${TEXT}`,
    `version: ${TEXT}`,
    `description: ${TEXT}`,
    `wasm: ${OBJECT}`,
    `allow: ${OBJECT}`,
    `env: ${OBJECT}`,
    "args: expected an array",
    'stdin: expected "blocking" or "nonblocking"',
    `limits: ${OBJECT}`,
  ],
  [p({ allow: null }), `allow: ${OBJECT}`],
  [p({ allow: { methods: "echo" } }), "allow.methods: expected an array"],
  [
    p({ allow: { methods: ["a", 1], clock: "yes", random: 1 } }),
    `allow.methods[1]: ${TEXT}`,
    'allow.clock: expected true, false or "coarse"',
    "allow.random: expected true or false",
  ],
  [p({ stdin: "Blocking" }), 'stdin: expected "blocking" or "nonblocking"'],
  [p({ allow: { clock: "Coarse" } }), 'allow.clock: expected true, false or "coarse"'],
  [p({ deterministic: true }), `deterministic: ${OBJECT}`],
  [
    p({ deterministic: { seed: -1, startMs: 9_223_372_036_855, start: 0 } }),
    "deterministic.seed: expected a non-negative integer",
    "deterministic.startMs: expected a non-negative integer up to 9223372036854",
    "deterministic.start: unknown key",
  ],
  [p({ deterministic: { seed: 2 ** 53 } }), "deterministic.seed: expected a non-negative integer"],

  // The name.
  ...["", " ", "a\nb", "a\0", "a\u001b[0m", "a\u202eb", "\u2028", "\ud800", "x".repeat(129)]
    .map((name): [unknown, string] => [{ name }, `name: ${NAME}`]),

  // The module.
  [p({ wasm: {} }), "wasm: expected either path or url"],
  [p({ wasm: { sha256: HASH } }), "wasm: expected either path or url"],
  [
    p({ wasm: { path: "a", url: "https://a/", sha256: HASH } }),
    "wasm: expected either path or url",
  ],
  [p({ wasm: { url: "https://a/" } }), "wasm.sha256: expected the SHA-256 of what the url holds"],
  ...[
    "",
    " a",
    "a\n",
    "a\0",
    "file:///a",
    "https://a/b",
    "HTTPS:a",
    "data:,",
    "//a/b",
    "\\\\a\\b",
    "/\\a",
    "C:\\a",
  ]
    .map((path): [unknown, string] => [p({ wasm: { path } }), `wasm.path: ${PATH}`]),
  ...["", "a.wasm", "ftp://a/b", "file:///a", "http:a", "http:///a", " https://a"]
    .map((url): [unknown, string] => [
      p({ wasm: { url, sha256: HASH } }),
      "wasm.url: expected an http or https URL",
    ]),
  [p({ wasm: { url: "https://[", sha256: HASH } }), "wasm.url: expected a URL"],
  ...["", HASH.slice(1), HASH + "0", "g" + HASH.slice(1)].map((sha256): [unknown, string] => [
    p({ wasm: { path: "a", sha256 } }),
    "wasm.sha256: expected 64 hexadecimal digits",
  ]),

  // Grants.
  ...["", "*", "a*", ".*", "a.*.b", "*.a", "a.**"].map((method): [unknown, string] => [
    p({ allow: { methods: [method] } }),
    `allow.methods[0]: ${METHOD}`,
  ]),
  ...["", "A=B", "A\0", "A\nB", "__proto__"].map((name): [unknown, string] => [
    p({ allow: { env: [name] } }),
    `allow.env[0]: ${VARIABLE}`,
  ]),
  [p({ allow: { args: ["a", "\0"] } }), "allow.args[1]: expected a string without NUL"],

  // Environment and arguments.
  [p({ env: { A: "1" } }), "env.A: expected a name of allow.env"],
  [
    p({ allow: { env: ["A"] }, env: { A: "1", "b.c": "2" } }),
    'env["b.c"]: expected a name of allow.env',
  ],
  [p({ allow: { env: ["A"] }, env: { A: 1 } }), `env.A: ${TEXT}`],
  [p({ allow: { env: ["A"] }, env: { A: "\0" } }), "env.A: expected a string without NUL"],
  [p({ env: { "A=B": "1" } }), `env["A=B"]: ${VARIABLE}`],
  [p({ env: null }), `env: ${OBJECT}`],
  [json('{"name":"p","env":{"__proto__":"1"}}'), `env.__proto__: ${VARIABLE}`],
  [p({ allow: { args: ["a"] }, args: ["a", "b"] }), "args[1]: expected one of allow.args"],
  [
    p({ args: ["\0"] }),
    "args[0]: expected a string without NUL",
    "args[0]: expected one of allow.args",
  ],

  // Limits.
  ...[0, -1, 1.5, NaN, Infinity, 2 ** 53, "1", null, 1n].map((fuel): [unknown, string] => [
    p({ limits: { fuel } }),
    `limits.fuel: ${POSITIVE}`,
  ]),
  ...["timeoutMs", "messageBytes", "logBytes", "hostCallsInFlight", "concurrency"]
    .map((
      limit,
    ): [unknown, string] => [p({ limits: { [limit]: 0 } }), `limits.${limit}: ${POSITIVE}`]),
  ...["hostCalls", "queue"].map((limit): [unknown, string] => [
    p({ limits: { [limit]: -1 } }),
    `limits.${limit}: expected a non-negative integer`,
  ]),
  ...[0, 65_537, 2 ** 60].map((memoryPages): [unknown, string] => [
    p({ limits: { memoryPages } }),
    `limits.memoryPages: ${POSITIVE} up to 65536`,
  ]),
];

Deno.test("manifest: refused, with the path of each issue", async (t) => {
  for (const [index, [manifest, ...issues]] of REFUSED.entries()) {
    await t.step(`${index} ${issues[0]}`, () => {
      const error = assertThrows(() => parseManifest(manifest), ManifestError);
      assertEquals(error.issues.map(({ path, message }) => `${path}: ${message}`), issues);
      assertEquals(error.code, "manifest_invalid");
      assert(!manifestSchema.safeParse(manifest).success);
    });
  }
});

Deno.test("manifest: the message shows the first issues", () => {
  const message = (manifest: unknown) =>
    assertThrows(() => parseManifest(manifest), ManifestError).message;
  assertEquals(message(42), "Cannot read manifest: expected an object");
  assertEquals(
    message(p({ limits: { fuel: -1 }, a: 1 })),
    "Cannot read manifest: limits.fuel: expected a positive integer, a: unknown key",
  );
  assertEquals(
    message(p({ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 })),
    "Cannot read manifest: a: unknown key, b: unknown key, c: unknown key, d: unknown key, and 2 more",
  );
  assertEquals(message(p({ "\u001b[2J": 1 })), 'Cannot read manifest: ["\\u001b[2J"]: unknown key');
});

interface JsonSchema {
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: unknown;
}

Deno.test("manifest: its JSON Schema knows every key, explains it, and knows no other", () => {
  const walk = (schema: JsonSchema, value: object): void => {
    assertEquals(schema.additionalProperties, false);
    assertEquals(Object.keys(schema.properties!).sort(), Object.keys(value).sort());
    for (const [key, property] of Object.entries(schema.properties!)) {
      assert(property.description, `${key} has no description`);
      if (property.properties) walk(property, Reflect.get(value, key));
    }
  };
  const wasm = { path: "", url: "", sha256: "" };
  walk(manifestJsonSchema() as JsonSchema, { ...FULL, wasm });
  assertEquals(manifestJsonSchema().required, ["name"]);
});

Deno.test("manifest: manifests/manifest.schema.json is current (deno task schema)", async () => {
  const file = new URL("../manifests/manifest.schema.json", import.meta.url);
  assertEquals(await readFile(file, "utf8"), schema());
});
