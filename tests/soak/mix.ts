/**
 * What a soak does: good calls and bad ones, how often each, and what must come of it.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { type ErrorCode, loadPlugin, type Plugin } from "../../mod.ts";
import { wat } from "../support/wat.ts";

/** One kind of call. */
export interface Kind {
  readonly name: string;
  readonly plugin: keyof Plugins;
  readonly method: string;
  readonly params?: unknown;
  /** How many of {@linkcode WEIGHT} calls are of this kind. */
  readonly weight: number;
  readonly timeoutMs?: number;
  readonly fuel?: number;
  /** Ms until its signal aborts. */
  readonly abortMs?: number;
  /** What it must give: a result, the code of an error, or the signal's reason. Results that differ each time are left out. */
  readonly result?: unknown;
  readonly code?: ErrorCode | "aborted";
  /** Lines that it must log. */
  readonly lines?: number;
  /** Calls of host methods that its report must have counted. */
  readonly hostCalls?: number;
}

/** The plugins of a soak. */
export interface Plugins {
  /** The test plugin. */
  readonly test: Plugin;
  /** Plays scripts: see fixtures/script.wat. */
  readonly script: Plugin;
  /** Fills its memory: see fixtures/memory.wat. */
  readonly memory: Plugin;
  /** Waits for three host methods at once, with timers between: see fixtures/executor.wat. */
  readonly executor: Plugin;
}

const LOG_BYTES = 1000;
const MESSAGE_BYTES = 100_000;
const FUEL = 500_000;
const LARGE = "x".repeat(50_000);

const answer = (result: string) => `{'jsonrpc':'2.0','id':$,'result':${result}}|`;
const ask = (method: string, params = "null") =>
  `{'jsonrpc':'2.0','id':1,'method':'${method}','params':${params}}|`;

const test = { plugin: "test" } as const;
const script = { plugin: "script", method: "run" } as const;

/** The kinds of calls. */
export const KINDS: readonly Kind[] = [
  { name: "ping", ...test, method: "ping", weight: 300, result: "pong" },
  {
    name: "many_echo",
    ...test,
    method: "many_echo",
    params: 5,
    weight: 100,
    result: null,
    hostCalls: 5,
  },
  {
    name: "sieve",
    ...test,
    method: "prime_sieve",
    params: 1000,
    weight: 100,
    result: { count: 168, limit: 1000 },
    lines: 1,
  },
  { name: "random", ...test, method: "get_random_number", weight: 30 },
  { name: "sleep", ...test, method: "sleep", params: 2, weight: 20, result: null },
  { name: "answer", ...script, params: answer("[1]"), weight: 60, result: [1] },
  { name: "logs", ...script, params: `a^b^c;${answer("0")}`, weight: 40, result: 0, lines: 3 },
  {
    name: "logs too much",
    ...script,
    params: `${("y".repeat(99) + "^").repeat(20)};${answer("0")}`,
    weight: 10,
    result: 0,
    lines: LOG_BYTES / 100 + 1,
  },
  {
    name: "large answer",
    ...script,
    params: answer(`'${LARGE}'`),
    weight: 5,
    result: LARGE,
  },
  {
    name: "large host answer",
    ...script,
    params: `${ask("large")}?${answer("0")}`,
    weight: 5,
    result: 0,
    lines: 2,
    hostCalls: 1,
  },
  {
    name: "too large a request",
    ...script,
    params: LARGE + LARGE,
    weight: 5,
    code: "message_too_large",
  },
  { name: "too large a line", ...script, params: "++", weight: 5, code: "message_too_large" },
  {
    name: "too large a host answer",
    ...script,
    params: `${ask("huge")}?`,
    weight: 5,
    code: "message_too_large",
  },
  { name: "grows", ...script, params: answer(">0"), weight: 20, result: 4 },
  {
    name: "grows too far, and gives up",
    ...script,
    params: ">1!",
    weight: 20,
    code: "memory_exceeded",
  },
  { name: "grows too far, and goes on", ...script, params: answer(">1"), weight: 20, result: -1 },
  { name: "fills its memory", plugin: "memory", method: "run", params: "0", weight: 30, result: 0 },
  {
    name: "fills what it grew",
    plugin: "memory",
    method: "run",
    params: "1",
    weight: 10,
    result: 0,
  },
  {
    name: "fills its memory, and traps",
    plugin: "memory",
    method: "run",
    params: "0!",
    weight: 10,
    code: "trap",
  },
  { name: "traps", ...script, params: "!", weight: 30, code: "trap" },
  { name: "overflows its stack", ...script, params: "&", weight: 2, code: "trap" },
  { name: "exits", ...script, params: "#3", weight: 30, code: "exit" },
  { name: "answers and traps", ...script, params: answer("1") + "!", weight: 10, result: 1 },
  {
    name: "loops until its fuel is burnt",
    ...script,
    params: "@",
    fuel: FUEL,
    weight: 15,
    code: "out_of_fuel",
  },
  {
    name: "loops until its deadline",
    ...script,
    params: "@",
    timeoutMs: 3,
    weight: 5,
    code: "deadline_exceeded",
  },
  {
    name: "loops until it is aborted",
    ...script,
    params: "@",
    abortMs: 3,
    weight: 5,
    code: "aborted",
  },
  {
    name: "sleeps until its deadline",
    ...script,
    params: "<6",
    timeoutMs: 5,
    weight: 15,
    code: "deadline_exceeded",
  },
  {
    name: "sleeps until it is aborted",
    ...script,
    params: "<6",
    abortMs: 2,
    weight: 10,
    code: "aborted",
  },
  { name: "is aborted at once", ...script, params: "<6", abortMs: 0, weight: 10, code: "aborted" },
  {
    name: "waits for a host method until its deadline",
    ...script,
    params: `${ask("never")}?`,
    timeoutMs: 5,
    weight: 10,
    code: "deadline_exceeded",
  },
  {
    name: "waits for nothing until it is aborted",
    ...script,
    params: "?",
    abortMs: 2,
    weight: 5,
    code: "aborted",
  },
  { name: "is not JSON", ...script, params: "nonsense|", weight: 15, code: "protocol" },
  {
    name: "answers twice",
    ...script,
    params: answer("1") + answer("1"),
    weight: 10,
    code: "protocol",
  },
  {
    name: "answers with another id",
    ...script,
    params: "{'jsonrpc':'2.0','id':'no','result':1}|",
    weight: 10,
    code: "protocol",
  },
  {
    name: "answers with an error",
    ...script,
    params: "{'jsonrpc':'2.0','id':$,'error':{'code':1,'message':'no'}}|",
    weight: 10,
    code: "rpc",
  },
  {
    name: "asks for what fails",
    ...script,
    params: `${ask("fail")}?${answer("0")}`,
    weight: 15,
    result: 0,
    lines: 1,
    hostCalls: 1,
  },
  {
    name: "asks for what it may not have",
    ...script,
    params: `${ask("denied")}?${answer("0")}`,
    weight: 15,
    result: 0,
    lines: 1,
    hostCalls: 1,
  },
  {
    name: "asks too often",
    ...script,
    params: ask("echo").repeat(6),
    weight: 5,
    code: "too_many_host_calls",
  },
  { name: "executor", plugin: "executor", method: "run", params: "3", weight: 8, result: 123 },
];

/** The sum of all weights. */
export const WEIGHT: number = KINDS.reduce((sum, { weight }) => sum + weight, 0);

async function fixture(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const texts = ["guest", name].map((each) =>
    readFile(new URL(`../fixtures/${each}.wat`, import.meta.url), "utf8")
  );
  return await wat((await Promise.all(texts)).join("\n"));
}

/** Loads the plugins; `onLine` is called for each line that a guest logs, with the name of its plugin and the number of its call. */
export async function loadPlugins(
  onLine: (plugin: string, callId: number) => void,
): Promise<Plugins> {
  const onLog = ({ plugin, callId }: { plugin: { name: string }; callId: number }) =>
    onLine(plugin.name, callId);
  const load = async (name: string, manifest: object, host: Record<string, () => unknown> = {}) =>
    await loadPlugin({ name, ...manifest }, { wasm: await fixture(name), host, onLog });
  return {
    test: await loadPlugin(new URL("../../manifests/test-plugin.json", import.meta.url), {
      host: { echo: (params) => params },
      onLog,
    }),
    script: await load("script", {
      allow: { methods: ["echo", "large", "huge", "fail", "never"] },
      limits: {
        memoryPages: 8,
        messageBytes: MESSAGE_BYTES,
        logBytes: LOG_BYTES,
        hostCalls: 5,
      },
    }, {
      echo: () => null,
      large: () => LARGE,
      huge: () => LARGE + LARGE,
      fail: () => {
        throw new Error("no");
      },
      never: () => new Promise(() => {}),
    }),
    memory: await load("memory", { limits: { memoryPages: 8 } }),
    executor: await load("executor", {
      stdin: "nonblocking",
      allow: { methods: ["later", "tick"] },
    }, { later: () => null, tick: () => null }),
  };
}
