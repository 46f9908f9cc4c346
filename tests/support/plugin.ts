/**
 * Plugins out of the fixtures, and the checks that every test of a call repeats.
 *
 * @module
 */
import { assert, assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { readFile } from "node:fs/promises";
import {
  type CallOptions,
  type CallReport,
  CapabilityError,
  type ErrorCode,
  ExitError,
  LimitError,
  LoadError,
  loadPlugin,
  ManifestError,
  type Plugin,
  PluginError,
  type PluginOptions,
  ProtocolError,
  RpcError,
  TrapError,
} from "../../mod.ts";
import { wat } from "./wat.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);

/** Assembles `fixtures/guest.wat` followed by the named fixtures, as one module. */
export async function guest(...names: string[]): Promise<Uint8Array<ArrayBuffer>> {
  const texts = ["guest", ...names].map((name) =>
    readFile(new URL(`${name}.wat`, FIXTURES), "utf8")
  );
  return await wat((await Promise.all(texts)).join("\n"));
}

/** A manifest's members besides `name` and `wasm`, loosely typed: some tests want them wrong. */
export type Members = Record<string, unknown>;

/** Loads fixtures (`"script"`, `"script start"`) as the plugin "test-plugin"; logs are dropped. */
export async function makePlugin(
  fixtures: string,
  manifest: Members = {},
  options: PluginOptions = {},
): Promise<Plugin> {
  const wasm = await guest(...fixtures.split(" "));
  return await loadPlugin({ name: "test-plugin", ...manifest }, {
    onLog: () => {},
    ...options,
    wasm,
  });
}

/** As {@linkcode makePlugin}, with the lines that the guest logs. */
export async function makeLoggedPlugin(
  fixtures: string,
  manifest: Members = {},
  options: PluginOptions = {},
): Promise<{ plugin: Plugin; log: string[] }> {
  const log: string[] = [];
  const onLog = (entry: { line: string }) => void log.push(entry.line);
  return { plugin: await makePlugin(fixtures, manifest, { ...options, onLog }), log };
}

/** A message as text for script.wat, without its end of line. The string "$" is the request's id. */
export function text(message: unknown): string {
  return JSON.stringify(message).replaceAll('"', "'").replaceAll("'$'", "$");
}

/** Script: sends a message. */
export function say(message: unknown): string {
  return text(message) + "|";
}

/** Script: answers the host's request. */
export function answer(result: unknown = null, id: unknown = "$"): string {
  return say({ jsonrpc: "2.0", id, result });
}

/** Script: answers the host's request with an error. */
export function refuse(error: unknown, id: unknown = "$"): string {
  return say({ jsonrpc: "2.0", id, error });
}

/** A request of the guest; a notification when `id` is undefined. */
export function request(id: unknown, method: string, params?: unknown): unknown {
  return { jsonrpc: "2.0", id, method, params };
}

/** Script: sends a request of the guest. */
export function ask(id: unknown, method: string, params?: unknown): string {
  return say(request(id, method, params));
}

// deno-lint-ignore no-explicit-any -- constructors are matched by instanceof, whatever they take
const CLASSES: Partial<Record<ErrorCode, new (...args: any[]) => PluginError>> = {
  manifest_invalid: ManifestError,
  wasm_unreachable: LoadError,
  wasm_invalid: LoadError,
  wasm_unsupported: LoadError,
  hash_mismatch: LoadError,
  import_denied: LoadError,
  export_missing: LoadError,
  capability_denied: CapabilityError,
  trap: TrapError,
  exit: ExitError,
  out_of_fuel: LimitError,
  deadline_exceeded: LimitError,
  memory_exceeded: LimitError,
  message_too_large: LimitError,
  too_many_host_calls: LimitError,
  queue_full: LimitError,
  protocol: ProtocolError,
  rpc: RpcError,
};

/** What an error must be; members that are left out are not looked at. */
export interface Expected {
  code: ErrorCode;
  message?: RegExp;
  /** Further properties of the error. */
  error?: Record<string, unknown>;
  report?: Partial<CallReport>;
}

/** Checks an error's class, code, message, properties and report. */
export function assertPluginError(
  error: unknown,
  expected: Expected,
): asserts error is PluginError {
  const found = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  assertInstanceOf(error, CLASSES[expected.code] ?? PluginError, `${expected.code}, not ${found}`);
  assertEquals(error.code, expected.code, found);
  if (expected.message) assertMatch(error.message, expected.message);
  assertMembers(error, expected.error ?? {});
  if (expected.report) {
    assert(error.report !== undefined, `${found} has no report`);
    assertMembers(error.report, expected.report);
  }
}

/** Checks some properties of an object. */
export function assertMembers(actual: object, expected: object): void {
  const picked = Object.keys(expected).map((key) => [key, Reflect.get(actual, key)]);
  assertEquals(Object.fromEntries(picked), { ...expected });
}

/** The error that a promise rejects with; fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const nothing = Symbol();
  const outcome = await promise.then(() => nothing, (error: unknown) => error);
  assert(outcome !== nothing, "expected a rejection");
  return outcome;
}

/** Checks the error of a load that must fail, and that a good one works afterwards. */
export async function refused(loading: Promise<unknown>, expected: Expected): Promise<void> {
  const error = await rejection(loading);
  assertPluginError(error, expected);
  assertEquals(error.report, undefined);
  await using plugin = await makePlugin("script");
  assertEquals(await plugin.call("ping"), "pong");
}

/** A call that must fail. */
export interface Failure extends Expected {
  name: string;
  /** Fixtures; `"script"` when left out. */
  guest?: string;
  params?: unknown;
  /** For script.wat: what to play before anything is read. */
  early?: string;
  manifest?: Members;
  options?: PluginOptions;
  call?: CallOptions;
}

/** Registers one test a row: the call fails as it says, and the same plugin answers a ping. */
export function testFailures(rows: readonly Failure[]): void {
  for (const row of rows) {
    Deno.test(row.name, async () => {
      const allow = { args: row.early === undefined ? [] : [row.early] };
      const manifest: Members = { ...row.manifest };
      manifest.allow = { ...allow, ...(manifest.allow as Members | undefined) };
      await using plugin = await makePlugin(row.guest ?? "script", manifest, row.options);
      const error = await rejection(
        plugin.call("run", row.params, { ...row.call, args: allow.args }),
      );
      assertPluginError(error, { message: /^Cannot call "run" on plugin "test-plugin": /, ...row });
      assertEquals(error.report?.outcome, row.code);
      assertEquals(error.report?.method, "run");
      assertEquals(await plugin.call("ping"), "pong");
    });
  }
}
