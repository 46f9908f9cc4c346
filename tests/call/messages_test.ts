// JSON-RPC messages as text.
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { JSONRPCResponse } from "json-rpc-2.0";
import { EXACT_JSON } from "../../lib/call/exact_json.ts";
import {
  decodeLine,
  internalError,
  isRequest,
  isResponse,
  requestLine,
  responseLine,
} from "../../lib/call/messages.ts";

const UNWRITABLE: unknown[] = [() => {}, Symbol(), undefined];
const bytes = (...values: number[]) => Uint8Array.from(values);
const response = (members: object) => ({ jsonrpc: "2.0", id: 1, ...members }) as JSONRPCResponse;

Deno.test("messages: a request", () => {
  for (const [given, sent] of [[[{ a: "\n" }], [{ a: "\n" }]], [undefined, null], [0, 0]]) {
    const line = requestLine(3, 'a"b', given);
    assert(!line.includes("\n"));
    assertEquals(JSON.parse(line), { jsonrpc: "2.0", id: 3, method: 'a"b', params: sent });
  }
  const exact = requestLine(3, "m", [2n ** 64n], EXACT_JSON);
  assertEquals(exact, '{"jsonrpc":"2.0","id":3,"method":"m","params":[18446744073709551616]}');
  for (const params of [...UNWRITABLE.slice(0, 2), 1n]) {
    assertThrows(() => requestLine(3, "m", params), TypeError);
  }
});

Deno.test("messages: a response", () => {
  for (const id of [0, -1.5, 2 ** 53, "", 'a"\n', null, [1], { a: 1 }]) {
    for (const part of [{ result: { a: "\n" } }, { result: null }, { error: { code: 1 } }]) {
      const line = responseLine(response({ id, ...part }), JSON);
      assert(!line.includes("\n"));
      assertEquals(JSON.parse(line), { jsonrpc: "2.0", id, ...part });
    }
  }
  const exact = responseLine(response({ id: 2n ** 64n, result: [2n ** 65n] }), EXACT_JSON);
  assertEquals(
    exact,
    '{"jsonrpc":"2.0","id":18446744073709551616,"result":[36893488147419103232]}',
  );
  for (const result of UNWRITABLE) {
    assertThrows(() => responseLine(response({ result }), JSON), TypeError, "JSON has no");
  }
  assertEquals(
    responseLine(internalError("a"), JSON),
    '{"jsonrpc":"2.0","id":"a","error":{"code":-32603,"message":"Internal error"}}',
  );
});

Deno.test("messages: a line is UTF-8, and nothing else", () => {
  const texts = ["", "a", "\ufeffa", "ä\u2028\u{1f600}", "\ufffd"];
  for (const text of texts) assertEquals(decodeLine(new TextEncoder().encode(text)), text);
  const bad = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xe2, 0x82], [
    0xf5,
    0x80,
    0x80,
    0x80,
  ]];
  for (const each of bad) assertThrows(() => decodeLine(bytes(...each)), TypeError);
});

Deno.test("messages: what is meant as a request has a method", () => {
  for (const message of [{ method: "m" }, { method: null }, { method: 1, result: 1 }]) {
    assert(isRequest(message));
  }
  for (const message of [null, 1, "method", {}, [], Object.create({ method: "m" })]) {
    assert(!isRequest(message));
  }
});

Deno.test("messages: what is a response has either a result or an error", () => {
  const error = { code: -1, message: "" };
  const good = [{ result: null }, { result: 0 }, { error }, { error: { code: 1n, message: "" } }];
  for (const members of good) assert(isResponse(response(members)));
  assert(isResponse(response({ id: null, error })));
  const bad: unknown[] = [
    null,
    "response",
    [],
    response({}),
    response({ result: 1, error }),
    response({ result: 1, error: undefined }),
    response({ id: undefined, result: 1 }),
    response({ jsonrpc: "1.0", result: 1 }),
    ...[null, 1, {}, { code: 1.5, message: "" }, { code: 1 }, { code: "1", message: "" }]
      .map((error) => response({ error })),
  ];
  for (const each of bad) assert(!isResponse(each));
});
