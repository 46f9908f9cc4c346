// The test plugin and its kit on a host of a few lines: what goes over the wire, to the byte where it matters.
import { assertEquals, assertLess } from "@std/assert";
import { readFile } from "node:fs/promises";
import { ensureTestPlugin } from "../../examples/build.ts";

const WASM = new URL("../../examples/plugins/test-plugin/build/test-plugin.wasm", import.meta.url);
const ENOTCAPABLE = 76;

type Message = Record<string, unknown>;

interface Options {
  /** Answers a request of the plugin's; as it is, but for "jsonrpc". */
  answer?: (request: Message) => Message;
  /** Bytes that one fd_read or fd_write moves at most. */
  chunk?: number;
  /** What a WASI function returns in place of doing anything. */
  errno?: Record<string, number>;
}

interface Run {
  /** The messages that the plugin sent; the last is its answer. */
  sent: Message[];
  /** The lines that they were. */
  lines: string[];
  stderr: string;
  /** How often each WASI function was called. */
  calls: Record<string, number>;
  pages: number;
  /** What poll_oneoff was asked for. */
  timeout?: bigint;
}

async function load(): Promise<(line: string, options?: Options) => Run> {
  await ensureTestPlugin();
  const module = new WebAssembly.Module(Uint8Array.from(await readFile(WASM)));
  return (line, options) => run(module, line, options);
}

function run(module: WebAssembly.Module, line: string, options: Options = {}): Run {
  const { answer = ({ id, params }) => ({ id, result: params }), chunk = Infinity, errno = {} } =
    options;
  const result: Run = { sent: [], lines: [], stderr: "", calls: {}, pages: 0 };
  let stdin = new TextEncoder().encode(line);
  let stdout: number[] = [];
  const take = (
    from: Uint8Array<ArrayBuffer>,
    count: number,
  ) => [from.subarray(0, count), from.subarray(count)];

  const functions: Record<string, (...args: number[]) => number | void> = {
    fd_read(_fd, iovec, _count, nread) {
      const [part, rest] = take(stdin, Math.min(u32(iovec + 4), chunk));
      bytes(u32(iovec), part.length).set(part);
      view().setUint32(nread, part.length, true);
      stdin = rest;
    },
    fd_write(fd, iovec, _count, nwritten) {
      const part = bytes(u32(iovec), Math.min(u32(iovec + 4), chunk));
      view().setUint32(nwritten, part.length, true);
      if (fd === 2) result.stderr += new TextDecoder().decode(part);
      else stdout.push(...part);
      if (fd === 2 || stdout.at(-1) !== 10) return;
      const text = new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(stdout));
      const message = JSON.parse(text);
      stdout = [];
      result.sent.push(message);
      result.lines.push(text);
      if ("method" in message) {
        stdin = new TextEncoder().encode(JSON.stringify(answer(message)) + "\n");
      }
    },
    random_get: (buffer, length) => void bytes(buffer, length).fill(0xff),
    clock_time_get: (_clock, _precision, time) =>
      view().setBigUint64(time, 1_700_000_000_999_999_999n, true),
    poll_oneoff(subscription, _event, _count, nevents) {
      result.timeout = view().getBigUint64(subscription + 24, true);
      view().setUint32(nevents, 1, true);
    },
  };
  const wasi = Object.fromEntries(
    Object.entries(functions).map(([name, call]) => [name, (...args: number[]) => {
      result.calls[name] = (result.calls[name] ?? 0) + 1;
      return errno[name] ?? call(...args) ?? 0;
    }]),
  );
  const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi });
  const memory = exports.memory as WebAssembly.Memory;
  const view = () => new DataView(memory.buffer);
  const u32 = (address: number) => view().getUint32(address, true);
  const bytes = (address: number, length: number) => new Uint8Array(memory.buffer, address, length);
  (exports._start as () => void)();
  return { ...result, pages: memory.buffer.byteLength / 65_536 };
}

function request(method: string, params: unknown = null): string {
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) + "\n";
}

/** What came back, without the envelope: the result, or `code: message`. */
function outcome({ sent }: Run): unknown {
  const { jsonrpc, id, ...rest } = sent.at(-1)!;
  assertEquals([jsonrpc, id], ["2.0", 1]);
  const { code, message } = (rest.error ?? {}) as Message;
  return "error" in rest ? `${code}: ${message}` : rest.result;
}

const BAD_MS = "-32602: ms must be a whole number from 0 to 9223372036854";
const BAD_N = "-32602: n must be a whole number from 0 to 4294967295";
const BAD_LIMIT = "-32602: limit must be a whole number from 0 to 4294967295";

const CALLS: readonly [method: string, params: unknown, outcome: unknown, options?: Options][] = [
  ["ping", null, "pong"],
  ["ping", { deep: JSON.parse("[".repeat(100) + "]".repeat(100)) }, "pong"],
  ["ping", "é😀".repeat(300_000), "pong"],
  ["ping", ["x".repeat(70_000)], "pong", { chunk: 1000 }],
  ["get_random_number", null, 2 ** 64],
  ["get_random_number", null, "-32000: random_get failed with errno 76", {
    errno: { random_get: ENOTCAPABLE },
  }],
  ["get_time", null, 1_700_000_000],
  ["get_time", null, "-32000: clock_time_get failed with errno 76", {
    errno: { clock_time_get: ENOTCAPABLE },
  }],
  ["sleep", 0, null],
  ["sleep", 9_223_372_036_854, null],
  ...[9_223_372_036_855, -1, 1.5, 1e21, "5", true, null, {}, [], [1, 2], [[1]]]
    .map((params): [string, unknown, unknown] => ["sleep", params, BAD_MS]),
  ["many_echo", 0, null],
  ["many_echo", [20], null],
  ["many_echo", 20, null, { chunk: 1 }],
  ["many_echo", -1, BAD_N],
  ["many_echo", 3, "-32000: echo answered 0 with something else", {
    answer: ({ id }) => ({ id, result: "0" }),
  }],
  ["many_echo", 3, '-32001: no "echo" for you', {
    answer: ({ id }) => ({ id, error: { code: -32001, message: 'no "echo" for you' } }),
  }],
  ["many_echo", 3, '-32603: No answer to host method "echo"', {
    answer: () => ({ id: 7, result: 0 }),
  }],
  ["prime_sieve", 0, { count: 0, limit: 0 }],
  ["prime_sieve", 2, { count: 1, limit: 2 }],
  ["prime_sieve", [1000], { count: 168, limit: 1000 }],
  ["prime_sieve", 4_294_967_296, BAD_LIMIT],
  ["prime_sieve", "10", BAD_LIMIT],
  ["log", ["x"], null],
  ["log", 5, "-32602: text must be a string"],
  ["fail", { code: -5, message: "é😀" }, "-5: é😀"],
  ["fail", { code: 1.5, message: "" }, "-32602: code must be a whole number"],
  ["fail", { code: 1e20, message: "" }, "-32602: code must be a whole number"],
  ["fail", [], "-32602: code must be a whole number"],
  ["fail", { code: 1, message: null }, "-32602: message must be a string"],
  ["host", { method: "any" }, null],
  ["host", { method: "any", params: [1] }, [1]],
  ["host", { method: 1 }, "-32602: method must be a string"],
  ["host", { method: "any" }, "-32001: no", {
    answer: ({ id }) => ({ id, error: { code: -32001, message: "no" } }),
  }],
  ["nope", null, "-32601: Method not found: nope"],
  ["", null, "-32601: Method not found: "],
  ["ping ", null, "-32601: Method not found: ping "],
  ['\0\n"\\/é\u2028😀\ud800', null, '-32601: Method not found: \0\n"\\/é\u2028😀\ud800'],
];

Deno.test("test plugin: the six methods, their params, and what they fail with", async () => {
  const run = await load();
  for (const [method, params, expected, options] of CALLS) {
    const found = outcome(run(request(method, params), options));
    assertEquals(found, expected, `${method} ${JSON.stringify(params)?.slice(0, 80)}`);
  }
});

Deno.test("test plugin: a sleep is asked for in ns, a sieve is logged", async () => {
  const run = await load();
  assertEquals(run(request("sleep", 1500)).timeout, 1_500_000_000n);
  assertEquals(run(request("prime_sieve", 10)).stderr, "info: 4 primes up to 10\n");
});

Deno.test("test plugin: a ping is one read and one write, and calls do not grow the memory", async () => {
  const run = await load();
  const ping = run(request("ping"));
  assertEquals([ping.calls, ping.pages], [{ fd_read: 1, fd_write: 1 }, 1]);
  assertEquals(run(request("many_echo", 20_000)).pages, 1);
  const sieve = run(request("prime_sieve", 5_000_000));
  assertEquals(outcome(sieve), { count: 348_513, limit: 5_000_000 });
  assertLess(sieve.pages, 16);
});

Deno.test("test plugin: what it passes on stays as it was written", async () => {
  const run = await load();
  const text = '[ 1.0,1E+2 ,12345678901234567890,"\\u0041\\/", {"a":1,"a":2,"__proto__":-0} ]';
  const error = `{"code":-9223372036854775807,"message":"","data":${text}}`;
  const host = `{"method":"x","params":${text}}`;
  const sent = (method: string, params: string) =>
    run(`{"id":1,"method":"${method}","params":${params}}\n`).lines;
  assertEquals(sent("echo", text), [`{"jsonrpc":"2.0","id":1,"result":${text}}\n`]);
  assertEquals(sent("fail", error), [`{"jsonrpc":"2.0","id":1,"error":${error}}\n`]);
  assertEquals(sent("host", host)[0], `{"jsonrpc":"2.0","method":"x","params":${text},"id":1}\n`);
});

const LINES: readonly [line: string, answer: Message][] = [
  ['{"id":"\\u0061\\"😀","method":"\\u0070in\\u0067"}', { id: 'a"😀', result: "pong" }],
  [
    ' { "params" : [{"method":"x"}] , "x":{"id":[2,{}]} , "method" : "ping" , "id" : 9 } \r',
    { id: 9, result: "pong" },
  ],
  ['{"id":1,"method":5}', { id: 1, error: { code: -32600, message: "Invalid request" } }],
  ["[]", { id: null, error: { code: -32600, message: "Invalid request" } }],
  ["", { id: null, error: { code: -32700, message: "Parse error" } }],
  [
    `{"id":1,"method":"ping","params":${"[".repeat(100_000)}`,
    { id: null, error: { code: -32700, message: "Parse error" } },
  ],
];

Deno.test("kit: requests as other hosts write them, and lines that are none", async () => {
  const run = await load();
  for (const [line, answer] of LINES) {
    assertEquals(run(line + "\n").sent, [{ jsonrpc: "2.0", ...answer }], line.slice(0, 80));
  }
  assertEquals(run("").sent, []);
  assertEquals(run('{"id":1,"method":"ping"}').sent, [], "a line without an end is none");
});

Deno.test("kit: takes for JSON what JSON.parse takes for it, token by token", async () => {
  const run = await load();
  const tokens =
    '{ } [ ] , : "a" "\\n\\u00e9" "\\x" "\\u12g4" " 1 -0 01 1. 1.5 1e5 1E+ - true nul null'
      .split(" ");
  for (const first of tokens) {
    for (const second of ["", ...tokens]) {
      for (const params of [`${first} ${second}`, `[1,${first}${second}]`]) {
        const line = `{"id":1,"method":"ping","params":${params}}`;
        const { error } = run(line + "\n").sent[0];
        assertEquals(error === undefined, isJson(line), line);
      }
    }
  }
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

Deno.test("kit: names and ids of any characters, escaped or not, come back as they are", async () => {
  const run = await load();
  for (let code = 1; code < 0x11_0000; code = Math.ceil(code * 1.07)) {
    const text = `${String.fromCodePoint(code)}x${String.fromCodePoint(0x10_ffff - code)}`;
    const escaped = text.replace(
      /[^]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    for (const name of [JSON.stringify(text), `"${escaped}"`]) {
      const [{ id, error }] = run(`{"id":${name},"method":${name}}\n`).sent;
      assertEquals(id, text);
      assertEquals((error as Message).message, `Method not found: ${text}`);
    }
  }
});
