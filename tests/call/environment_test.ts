// The command line and the environment that a manifest grants.
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  createEnvironment,
  grantedEnv,
  MAX_ENVIRONMENT_BYTES,
  type Surroundings,
} from "../../lib/call/environment.ts";
import { CapabilityError } from "../../lib/errors.ts";
import { parseManifest } from "../../lib/manifest.ts";

const MANIFEST = parseManifest({
  name: "test-plugin",
  allow: { env: ["LANG", "HOME", "toString"], args: ["--verbose", "é"] },
  env: { LANG: "C" },
});

const GRANTED: [name: string, env: Surroundings["env"], granted: Record<string, string>][] = [
  ["the manifest's alone", undefined, { LANG: "C" }],
  ["the caller's besides", { HOME: "/" }, { LANG: "C", HOME: "/" }],
  ["the caller's before the manifest's", { LANG: "de" }, { LANG: "de" }],
  ["an empty one of the caller", { LANG: "" }, { LANG: "" }],
  ["what is not allowed is left out", { PATH: "/bin" }, { LANG: "C" }],
  ["a name that every object has", { toString: "x" }, { LANG: "C", toString: "x" }],
];

for (const [name, env, granted] of GRANTED) {
  Deno.test(`granted env: ${name}`, () => assertEquals(grantedEnv(MANIFEST, env), granted));
}

Deno.test("granted env: in the order of the manifest", () => {
  const env = { toString: "x", HOME: "/" };
  assertEquals(Object.keys(grantedEnv(MANIFEST, env)), ["LANG", "HOME", "toString"]);
});

const MADE: [name: string, given: Surroundings, args: string[], env: string[]][] = [
  ["nothing", {}, ["test-plugin\0"], []],
  ["an argument", { args: ["--verbose"] }, ["test-plugin\0", "--verbose\0"], []],
  ["an argument twice", { args: ["é", "é"] }, ["test-plugin\0", "é\0", "é\0"], []],
  ["a variable", { env: { LANG: "C" } }, ["test-plugin\0"], ["LANG=C\0"]],
  ["an empty variable", { env: { LANG: "" } }, ["test-plugin\0"], ["LANG=\0"]],
  ["a value with =", { env: { LANG: "a=b" } }, ["test-plugin\0"], ["LANG=a=b\0"]],
  [
    "two variables, in the order given",
    { env: { LANG: "é", HOME: "/" } },
    ["test-plugin\0"],
    ["LANG=é\0", "HOME=/\0"],
  ],
];

for (const [name, given, args, env] of MADE) {
  Deno.test(`environment: ${name}`, () => {
    const encoder = new TextEncoder();
    assertEquals(createEnvironment(MANIFEST, given, String), {
      args: args.map((text) => encoder.encode(text)),
      env: env.map((text) => encoder.encode(text)),
    });
  });
}

const REFUSED: [name: string, given: Surroundings, what: string][] = [
  [
    "a variable that is not allowed",
    { env: { LANG: "C", PATH: "/" } },
    'environment variable "PATH" is not in allow.env',
  ],
  [
    "a name in another case",
    { env: { lang: "C" } },
    'environment variable "lang" is not in allow.env',
  ],
  ["a NUL in a value", { env: { LANG: "a\0b" } }, '"LANG" has a NUL in it'],
  ["an argument that is not allowed", { args: ["--x"] }, 'argument "--x" is not in allow.args'],
  ["the start of an argument", { args: ["--verb"] }, 'argument "--verb" is not in allow.args'],
  ["an empty argument", { args: [""] }, 'argument "" is not in allow.args'],
];

for (const [name, given, what] of REFUSED) {
  Deno.test(`environment: refuses ${name}`, () => {
    const make = () => createEnvironment(MANIFEST, given, (what) => `Cannot: ${what}`);
    const error = assertThrows(make, CapabilityError);
    assertStrictEquals(error.code, "capability_denied");
    assertEquals(error.message, `Cannot: ${what}`);
  });
}

Deno.test("environment: as many bytes as may be, and no more", () => {
  // With "test-plugin", "LANG=" and the NUL of each there are two bytes in é and one in each x.
  const rest = MAX_ENVIRONMENT_BYTES - "test-plugin\0é.\0LANG=\0".length;
  const given = (more: number) => ({ args: ["é"], env: { LANG: "x".repeat(rest + more) } });
  const { args, env } = createEnvironment(MANIFEST, given(0), String);
  const bytes = [...args, ...env].reduce((sum, { length }) => sum + length, 0);
  assertEquals(bytes, MAX_ENVIRONMENT_BYTES);
  const make = () => createEnvironment(MANIFEST, given(1), (what) => `Cannot: ${what}`);
  const error = assertThrows(make, CapabilityError);
  assertEquals(
    error.message,
    "Cannot: 1048577 bytes of arguments and environment, of which 1048576 are allowed",
  );
});
