// The messages of one call, between a host and a fake port in place of a guest.
import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { type Caller, createDispatcher } from "../../lib/call/dispatcher.ts";
import { Conversation, type MessageLimits, mostAtWork, type Port } from "../../lib/call/rpc.ts";
import { type Codec, EXACT_JSON } from "../../lib/call/exact_json.ts";
import { requestLine } from "../../lib/call/messages.ts";
import { type LimitErrorCode, RpcError } from "../../lib/errors.ts";
import { createHost, type HostContext } from "../../lib/host.ts";
import { isCrowded } from "../../lib/call/turns.ts";
import { now, yieldNow } from "../../lib/runtime.ts";

const ID = 7;
const REQUEST = requestLine(ID, "run", { n: 1 });
const LIMITS: MessageLimits = { messageBytes: 1000, hostCalls: 100, hostCallsInFlight: 100 };
const INTERNAL = { code: -32603, message: "Internal error" };

// Somebody must have run in this turn for it to be used up.
isCrowded(1, now());

/** How a conversation is held, if not as usual. */
interface Manner {
  codec?: Codec;
  sliceMs?: number;
  deterministic?: true;
}

/** The guest's end and the run's, both in one. */
class Fake implements Port, Caller {
  readonly context: HostContext = {
    plugin: { id: "id", name: "fake" },
    callId: ID,
    state: undefined,
    signal: new AbortController().signal,
  };
  readonly conversation: Conversation;
  /** What was sent after the request, parsed. */
  readonly answers: unknown[] = [];
  /** What the host methods were called with. */
  readonly served: unknown[] = [];
  /** What the conversation said of the guest and of the host. */
  readonly events: unknown[] = [];
  messagesSent = 0;
  messagesRead = 0;
  /** Answers the requests for `slow`, oldest first. */
  readonly release: (() => void)[] = [];

  constructor(limits: Partial<MessageLimits> = {}, manner: Manner = {}) {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const fails = (error: unknown) => () => {
      throw error;
    };
    const host = createHost()
      .method("echo", (params) => {
        this.served.push(params);
        return params;
      })
      .method(
        "slow",
        (params) => new Promise((resolve) => this.release.push(() => resolve(params))),
      )
      .method("double", (params) => (params as bigint) * 2n)
      .method("refuses.big", fails(new RpcError("no", { data: { at: 2n ** 64n } })))
      .method("secret", () => void this.served.push("secret"))
      .method("fails", fails(new Error("the host's own business")))
      .method("refuses", fails(new RpcError("no", { code: -5, data: [1] })))
      .method("refuses.cycle", fails(new RpcError("no", { data: cycle })))
      .method("nothing", () => undefined)
      .method("cycle", () => cycle)
      .method("bigint", () => 1n)
      .method("function", () => () => {});
    const dispatcher = createDispatcher(host, (name) => name !== "secret");
    const { codec = JSON, sliceMs = Infinity, deterministic } = manner;
    const manifest = { limits: { ...LIMITS, ...limits }, deterministic };
    const source = { dispatcher, codec, sliceMs, manifest };
    this.conversation = new Conversation(REQUEST, ID, source, this);
  }

  send(message: string): void {
    if (this.messagesSent++ > 0) this.answers.push(parseLine(message));
  }

  answered(): void {
    this.events.push("answered");
  }

  idle(): void {
    this.events.push("idle");
  }

  violated(what: string): void {
    this.events.push(what);
  }

  exceeded(code: LimitErrorCode, what: string, limit: number, value: number): void {
    this.events.push([code, what, limit, value]);
  }

  deny(name: string): void {
    this.events.push(`denied ${name}`);
  }

  hostFailed(error: unknown): void {
    this.events.push((error as Error).constructor.name);
  }

  /** The guest writes lines, and everything that comes of it happens. */
  async write(...messages: unknown[]): Promise<void> {
    for (const message of messages) {
      const text = typeof message === "string" ? message : JSON.stringify(message);
      this.conversation.receive(new TextEncoder().encode(text));
    }
    await yieldNow();
  }

  /** The guest reads all that it was sent. */
  readAll(): void {
    this.messagesRead = this.messagesSent;
  }
}

/** A started conversation: the request is sent, the guest has read it. */
function begin(limits?: Partial<MessageLimits>, manner?: Manner): Fake {
  const fake = new Fake(limits, manner);
  fake.conversation.begin();
  fake.readAll();
  return fake;
}

function parseLine(line: string): unknown {
  assertMatch(line, /^[^\n]+\n?$/);
  return JSON.parse(line);
}

const ask = (id: unknown, method: string, params?: unknown) => ({
  jsonrpc: "2.0",
  id,
  method,
  params,
});
const tell = (method: string, params?: unknown) => ({ jsonrpc: "2.0", method, params });
const result = (id: unknown, result: unknown) => ({ jsonrpc: "2.0", id, result });
const failure = (id: unknown, error: unknown) => ({ jsonrpc: "2.0", id, error });

Deno.test("rpc: the request is sent at once, and once", () => {
  const fake = new Fake();
  assertEquals(fake.messagesSent, 0);
  fake.conversation.begin();
  assertEquals([fake.messagesSent, fake.answers.length], [1, 0]);
});

const ERROR = { code: -1, message: "no", data: [1] };
const ANSWERS: [name: string, line: unknown, response: unknown][] = [
  ["a result", result(ID, { a: 1 }), result(ID, { a: 1 })],
  ["null", result(ID, null), result(ID, null)],
  ["an error", failure(ID, ERROR), failure(ID, ERROR)],
  ["an error without an id", failure(null, ERROR), failure(null, ERROR)],
  ["the character that stands in for what is no UTF-8", result(ID, "\ufffd"), result(ID, "\ufffd")],
  ["a batch of one", [result(ID, 1)], result(ID, 1)],
];

for (const [name, line, expected] of ANSWERS) {
  Deno.test(`rpc: answered with ${name}`, async () => {
    const fake = begin();
    assertEquals(fake.conversation.response, undefined);
    await fake.write(line);
    assertEquals(fake.events, ["answered"]);
    assertEquals(fake.conversation.response, expected);
  });
}

const NOT_JSON = "not JSON:";
const NOT_RPC = "not JSON-RPC";
const NOT_SENT = "was not sent";
const VIOLATIONS: [name: string, line: unknown, what: string][] = [
  ["no text", "", NOT_JSON],
  ["no JSON", "{", NOT_JSON],
  ["a byte order mark", '\ufeff{"jsonrpc":"2.0","id":7,"result":1}', NOT_JSON],
  ["null", "null", NOT_RPC],
  ["a number", "7", NOT_RPC],
  ["an empty batch", "[]", NOT_RPC],
  ["a batch in a batch", [[result(ID, 1)]], NOT_RPC],
  ["an empty object", "{}", NOT_RPC],
  ["another version", { ...result(ID, 1), jsonrpc: "1.0" }, NOT_RPC],
  ["no id", { jsonrpc: "2.0", result: 1 }, NOT_RPC],
  ["neither result nor error", { jsonrpc: "2.0", id: ID }, NOT_RPC],
  ["result and error", { ...result(ID, 1), error: ERROR }, NOT_RPC],
  ["an error that is null", failure(ID, null), NOT_RPC],
  ["an error without a message", failure(ID, { code: 1 }), NOT_RPC],
  ["an error with half a code", failure(ID, { code: 1.5, message: "" }), NOT_RPC],
  ["another number", result(ID + 1, 1), NOT_SENT],
  ["the number as a text", result(String(ID), 1), NOT_SENT],
  ["a result without an id", result(null, 1), NOT_SENT],
];

for (const [name, line, what] of VIOLATIONS) {
  Deno.test(`rpc: no answer: ${name}`, async () => {
    const fake = begin();
    await fake.write(line);
    assertEquals(fake.conversation.response, undefined);
    assertEquals(fake.events.length, 1);
    assertMatch(String(fake.events[0]), /^the guest /);
    assertStringIncludes(String(fake.events[0]), what);
  });
}

for (const lines of [[result(ID, 1), result(ID, 2)], [[result(ID, 1), result(ID, 2)]]]) {
  Deno.test(`rpc: answered twice, in ${lines.length} line(s); the first counts`, async () => {
    const fake = begin();
    await fake.write(...lines);
    assertEquals(fake.events.length, 2);
    assertStringIncludes(String(fake.events[1]), "answered twice");
    assertEquals<unknown>(fake.conversation.response, result(ID, 1));
  });
}

Deno.test("rpc: a line that is not UTF-8", () => {
  const fake = begin();
  fake.conversation.receive(new Uint8Array([0x22, 0xff, 0x22]));
  assertStringIncludes(String(fake.events[0]), NOT_JSON);
});

interface Serving {
  readonly name: string;
  readonly line: unknown;
  readonly answers: unknown[];
  readonly served?: unknown[];
  readonly events?: unknown[];
  readonly hostCalls?: number;
}

const denial = (id: unknown, method: string) =>
  failure(id, { code: -32001, message: "capability denied", data: { method } });

const SERVINGS: Serving[] = [
  { name: "a number as id", line: ask(ID, "echo", [1]), answers: [result(ID, [1])], served: [[1]] },
  { name: "a text as id", line: ask("a", "echo", 0), answers: [result("a", 0)], served: [0] },
  { name: "a notification", line: tell("echo", 1), answers: [], served: [1] },
  {
    name: "a batch",
    line: [ask(1, "echo", 1), ask(2, "echo", 2)],
    answers: [[result(1, 1), result(2, 2)]],
    served: [1, 2],
    hostCalls: 2,
  },
  {
    name: "a batch with one answer",
    line: [ask(1, "echo", 1), tell("echo", 2)],
    answers: [[result(1, 1)]],
    served: [1, 2],
    hostCalls: 2,
  },
  {
    name: "a batch of notifications",
    line: [tell("echo", 1), tell("echo", 2)],
    answers: [],
    served: [1, 2],
    hostCalls: 2,
  },
  {
    name: "a batch with the answer",
    line: [result(ID, 1), ask(1, "echo", 1)],
    answers: [[result(1, 1)]],
    served: [1],
    events: ["answered"],
  },
  {
    name: "a method that is not granted",
    line: ask(1, "secret"),
    answers: [denial(1, "secret")],
    events: ["denied secret"],
  },
  {
    name: "a notification that is not granted",
    line: tell("secret"),
    answers: [],
    events: ["denied secret"],
  },
  {
    name: "one granted of two",
    line: [ask(1, "secret"), ask(2, "echo", 2)],
    answers: [[denial(1, "secret"), result(2, 2)]],
    served: [2],
    events: ["denied secret"],
    hostCalls: 2,
  },
  {
    name: "methods that are no texts, but would be the name of one",
    line: [ask(1, ["echo"] as never), ask(2, ["secret"] as never), tell(["echo"] as never)],
    answers: [[1, 2, null].map((id) => failure(id, { code: -32600, message: "Invalid Request" }))],
    hostCalls: 3,
  },
  {
    name: "a method that is not there",
    line: ask(1, "none"),
    answers: [failure(1, { code: -32601, message: "Method not found" })],
  },
  {
    name: "a request of another version",
    line: { ...ask(1, "echo"), jsonrpc: "1.0" },
    answers: [failure(1, { code: -32600, message: "Invalid Request" })],
  },
  {
    name: "a method that fails",
    line: ask(1, "fails"),
    answers: [failure(1, INTERNAL)],
    events: ["Error"],
  },
  { name: "a notification that fails", line: tell("fails"), answers: [], events: ["Error"] },
  {
    name: "a method that refuses",
    line: ask(1, "refuses"),
    answers: [failure(1, { code: -5, message: "no", data: [1] })],
  },
  { name: "a result that is undefined", line: ask(1, "nothing"), answers: [result(1, null)] },
  {
    name: "a result with a cycle",
    line: ask(1, "cycle"),
    answers: [failure(1, INTERNAL)],
    events: ["TypeError"],
  },
  {
    name: "a result that is a bigint",
    line: ask(1, "bigint"),
    answers: [failure(1, INTERNAL)],
    events: ["TypeError"],
  },
  {
    name: "a result that is a function",
    line: ask("f", "function"),
    answers: [failure("f", INTERNAL)],
    events: ["TypeError"],
  },
  {
    name: "error data with a cycle",
    line: ask(1, "refuses.cycle"),
    answers: [failure(1, INTERNAL)],
    events: ["TypeError"],
  },
  {
    name: "one bad result of two",
    line: [ask(1, "cycle"), ask(2, "echo", 2)],
    answers: [[failure(1, INTERNAL), result(2, 2)]],
    served: [2],
    events: ["TypeError"],
    hostCalls: 2,
  },
];

for (const { name, line, answers, served = [], events = [], hostCalls = 1 } of SERVINGS) {
  Deno.test(`rpc: served: ${name}`, async () => {
    const fake = begin();
    await fake.write(line);
    assertEquals(fake.answers, answers);
    assertEquals(fake.served, served);
    assertEquals(fake.events, events);
    assertEquals(fake.conversation.hostCalls, hostCalls);
  });
}

Deno.test("rpc: no handler runs on the guest's stack", async () => {
  const fake = begin();
  const written = fake.write(ask(1, "echo", 1));
  assertEquals(fake.served, []);
  await written;
  assertEquals(fake.served, [1]);
});

Deno.test("rpc: answers come in the order of their completion", async () => {
  const fake = begin();
  await fake.write(ask(1, "slow", "a"), ask(2, "slow", "b"), ask(3, "echo", "c"));
  fake.release[1]();
  await yieldNow();
  fake.release[0]();
  await yieldNow();
  assertEquals(fake.answers, [result(3, "c"), result(2, "b"), result(1, "a")]);
});

const MANY: [name: string, lines: unknown[], value: number][] = [
  ["requests", [ask(1, "echo"), ask(2, "echo"), ask(3, "echo"), ask(4, "echo")], 4],
  ["notifications", [tell("echo"), tell("echo"), tell("echo"), tell("echo")], 4],
  ["a batch", [[ask(1, "echo"), tell("echo"), tell("echo"), tell("echo"), tell("echo")]], 5],
  ["denied ones", [ask(1, "secret"), ask(2, "secret"), ask(3, "secret"), ask(4, "secret")], 4],
];

for (const [name, lines, value] of MANY) {
  Deno.test(`rpc: too many host calls, however well they are read: ${name}`, async () => {
    const fake = begin({ hostCalls: 3 });
    for (const line of lines) {
      assert(!fake.events.some(Array.isArray), "the limit itself is not too many");
      await fake.write(line);
      fake.readAll();
    }
    assertEquals(fake.events.at(-1), ["too_many_host_calls", "host calls", 3, value]);
  });

  Deno.test(`rpc: too many host calls in flight: ${name}`, async () => {
    const fake = begin({ hostCallsInFlight: 3 });
    await fake.write(...lines);
    const exceeded = fake.events.filter(Array.isArray);
    assertEquals(exceeded, [["too_many_host_calls", "host calls in flight", 3, value]]);
  });
}

Deno.test("rpc: an answer is in flight until it is read", async () => {
  const fake = begin({ hostCallsInFlight: 2 });
  await fake.write(ask(1, "echo"));
  await fake.write(ask(2, "echo"));
  fake.messagesRead = 2;
  await fake.write(ask(3, "echo"));
  assertEquals([fake.answers.length, fake.events.length], [3, 0]);
  await fake.write(ask(4, "echo"));
  assertEquals(fake.events, [["too_many_host_calls", "host calls in flight", 2, 3]]);
  assertEquals(fake.answers.length, 3);
});

Deno.test("rpc: what is not answered yet is in flight, whatever was read", async () => {
  const fake = begin({ hostCallsInFlight: 2 });
  await fake.write(ask(1, "slow"), ask(2, "slow"));
  fake.release[0]();
  await yieldNow();
  fake.readAll();
  await fake.write(ask(3, "slow"));
  assertEquals(fake.events, []);
  fake.readAll();
  await fake.write(ask(4, "slow"));
  assertEquals(fake.events, [["too_many_host_calls", "host calls in flight", 2, 3]]);
  assertEquals(fake.release.length, 3);
});

Deno.test("rpc: notifications that are done are not in flight", async () => {
  const fake = begin({ hostCallsInFlight: 1 });
  for (let i = 0; i < 10; i++) await fake.write(tell("echo", i));
  assertEquals([fake.served.length, fake.events.length], [10, 0]);
});

for (const over of [0, 1]) {
  Deno.test(`rpc: an answer of messageBytes and ${over}`, async () => {
    const text = "é".repeat(20);
    const size = new TextEncoder().encode(JSON.stringify(result(1, text))).length;
    const fake = begin({ messageBytes: size - over });
    await fake.write(ask(1, "echo", text));
    const what = "bytes in an answer to the guest";
    assertEquals(fake.answers, over ? [] : [result(1, text)]);
    assertEquals(fake.events, over ? [["message_too_large", what, size - 1, size]] : []);
  });
}

Deno.test("rpc: after the answer nothing is served, nor counted", async () => {
  const fake = begin();
  await fake.write(result(ID, 1), ask(1, "echo"), tell("echo"), [ask(2, "secret")]);
  assertEquals([fake.answers, fake.served, fake.events], [[], [], ["answered"]]);
  assertEquals(fake.conversation.hostCalls, 0);
});

Deno.test("rpc: after close nothing is served or answered", async () => {
  const fake = begin();
  await fake.write(ask(1, "slow"));
  const written = fake.write(ask(2, "echo"), ask(3, "secret"), tell("echo"));
  fake.conversation.close();
  fake.release[0]();
  await written;
  await fake.write(ask(4, "echo"));
  assertEquals([fake.answers, fake.served, fake.events], [[], [], []]);
});

Deno.test("rpc: a batch is looked at up to the first member that breaks the protocol", async () => {
  const fake = begin();
  await fake.write([ask(1, "echo"), 0, 1, 2]);
  assertEquals(fake.events.length, 1);
  assertMatch(String(fake.events[0]), /not JSON-RPC/);
});

Deno.test("rpc: the answers to a batch count together, and no more are put together than may be sent", async () => {
  const fake = begin({ messageBytes: 200 });
  await fake.write([1, 2, 3, 4, 5].map((id) => ask(id, "echo", "é".repeat(30))));
  // Three of them have more than 200 characters.
  const answers = [1, 2, 3].map((id) => ({ jsonrpc: "2.0", id, result: "é".repeat(30) }));
  const { length } = new TextEncoder().encode(JSON.stringify(answers));
  const what = "bytes in an answer to the guest";
  assertEquals(fake.events, [["message_too_large", what, 200, length]]);
});

Deno.test("rpc: an answer that the engine cannot hold ends the call", async () => {
  const fake = begin();
  fake.send = () => {
    throw new RangeError("Invalid string length");
  };
  await fake.write(ask(1, "echo"));
  assertEquals(fake.events, [
    "RangeError",
    ["message_too_large", "bytes in an answer to the guest", LIMITS.messageBytes, 1001],
  ]);
});

Deno.test("rpc: requests that are at work have so many bytes together", async () => {
  const messageBytes = 400_000;
  const fake = begin({ messageBytes });
  const slow = (id: number) => ask(id, "slow", "x".repeat(399_000));
  const { length } = JSON.stringify(slow(1));
  const most = mostAtWork(messageBytes);
  const fit = Math.floor(most / length);
  for (let id = 1; id <= fit; id++) await fake.write(slow(id));
  for (let i = 0; i < fit; i++) fake.release[i]();
  await yieldNow();
  for (let id = 1; id <= fit; id++) await fake.write(slow(id));
  assertEquals([fake.events, fake.answers.length], [[], fit]);
  await fake.write(slow(9));
  const what = "bytes of host calls in flight";
  assertEquals(fake.events, [["too_many_host_calls", what, most, (fit + 1) * length]]);
});

Deno.test("rpc: where requests are small, only their number counts", async () => {
  const fake = begin();
  const slow = (id: number) => ask(id, "slow", "x".repeat(900));
  for (let id = 1; id <= LIMITS.hostCallsInFlight; id++) await fake.write(slow(id));
  assertEquals([fake.events, fake.release.length], [[], LIMITS.hostCallsInFlight]);
});

Deno.test("rpc: where no stack is left to parse with, it is not the line's fault", () => {
  const overflow = new RangeError("Maximum call stack size exceeded");
  const codec = {
    ...JSON,
    stringify: JSON.stringify,
    parse: () => {
      throw overflow;
    },
  };
  const fake = begin({}, { codec });
  const receive = () => fake.conversation.receive(new TextEncoder().encode("{}"));
  assertEquals(assertThrows(receive, RangeError), overflow);
});

// A slice of no time is always used up.
const SHORT: Manner = { sliceMs: 0 };

/** As many microtasks as all of this could take. */
async function settle(): Promise<void> {
  for (let i = 0; i < 200; i++) await undefined;
}

for (const [name, batch] of [["requests", false], ["the requests of a batch", true]] as const) {
  Deno.test(`rpc: ${name} wait for turns of the event loop where slices are used up, and keep their order`, async () => {
    const fake = begin({}, SHORT);
    const requests = [1, 2, 3, 4].map((id) => ask(id, "echo", id));
    for (const message of batch ? [requests] : requests) {
      fake.conversation.receive(new TextEncoder().encode(JSON.stringify(message)));
    }
    await settle();
    assertLessOrEqual(fake.served.length, 1);
    while (fake.answers.flat().length < 4) await yieldNow();
    assertEquals(fake.served, [1, 2, 3, 4]);
    assertEquals(fake.answers.flat().map((answer) => (answer as { id: number }).id), [1, 2, 3, 4]);
  });
}

Deno.test("rpc: what waits for a turn is not done once the call has ended", async () => {
  const fake = begin({}, SHORT);
  for (const id of [1, 2]) {
    fake.conversation.receive(new TextEncoder().encode(JSON.stringify(ask(id, "echo", id))));
  }
  await settle();
  const served = [...fake.served];
  assertLessOrEqual(served.length, 1);
  fake.conversation.close();
  for (let i = 0; i < 10; i++) await yieldNow();
  assertEquals([fake.served, fake.answers, fake.events], [served, [], []]);
});

Deno.test("rpc: what a guest asks for before it ends is served, also where it waits for turns", async () => {
  const fake = begin({}, SHORT);
  for (const n of [1, 2, 3]) {
    fake.conversation.receive(new TextEncoder().encode(JSON.stringify(tell("echo", n))));
  }
  await settle();
  assertLessOrEqual(fake.served.length, 1);
  await fake.conversation.drained();
  assertEquals(fake.served, [1, 2, 3]);
  assertEquals(fake.conversation.drained(), undefined);
});

const IN_TURN: Manner = { deterministic: true };

Deno.test("rpc: in turn, each request is served when the one before is answered", async () => {
  const fake = begin({}, IN_TURN);
  assert(!fake.conversation.busy);
  await fake.write(
    ask(1, "slow", "a"),
    ask(2, "slow", "b"),
    tell("slow", "c"),
    ask(4, "echo", "d"),
  );
  for (const begun of [1, 2, 3]) {
    assertEquals([fake.release.length, fake.served, fake.events], [begun, [], []]);
    assert(fake.conversation.busy);
    fake.release[begun - 1]();
    await yieldNow();
  }
  assert(!fake.conversation.busy);
  assertEquals(fake.answers, [result(1, "a"), result(2, "b"), result(4, "d")]);
  assertEquals(fake.events, ["idle"]);
  await fake.write(ask(5, "fails"), ask(6, "secret"));
  assertEquals(fake.events, ["idle", "Error", "denied secret", "idle"]);
});

Deno.test("rpc: in turn, a guest that has answered waits for nothing", async () => {
  const fake = begin({}, IN_TURN);
  await fake.write(ask(1, "slow", "a"));
  assert(fake.conversation.busy);
  await fake.write(result(ID, 1));
  assert(!fake.conversation.busy);
});

Deno.test("rpc: not in turn, a conversation is never busy", async () => {
  const fake = begin();
  await fake.write(ask(1, "slow", "a"), ask(2, "slow", "b"));
  assertEquals([fake.conversation.busy, fake.release.length], [false, 2]);
});

const EXACT: Manner = { codec: EXACT_JSON };
const BIG = "18446744073709551615";

Deno.test("rpc: exact, what goes to the guest", async () => {
  const sent: string[] = [];
  const fake = begin({}, EXACT);
  fake.send = (message) => void sent.push(message);
  for (
    const line of [
      `{"jsonrpc":"2.0","id":1,"method":"double","params":${BIG}}`,
      `{"jsonrpc":"2.0","id":${BIG},"method":"echo","params":{"a":[${BIG},9,"${BIG}"]}}`,
      ask(2, "refuses.big"),
      ask(3, "bigint"),
    ]
  ) await fake.write(line);
  assertEquals(sent, [
    '{"jsonrpc":"2.0","id":1,"result":36893488147419103230}\n',
    `{"jsonrpc":"2.0","id":${BIG},"result":{"a":[${BIG},9,"${BIG}"]}}\n`,
    '{"jsonrpc":"2.0","id":2,"error":{"code":-32000,"message":"no","data":{"at":18446744073709551616}}}\n',
    '{"jsonrpc":"2.0","id":3,"result":1}\n',
  ]);
  assertEquals(fake.served, [{ a: [2n ** 64n - 1n, 9, BIG] }]);
});

Deno.test("rpc: exact, what comes from the guest", async () => {
  const rows: [line: string, response: unknown][] = [
    [`{"jsonrpc":"2.0","id":7,"result":[${BIG},1]}`, result(ID, [2n ** 64n - 1n, 1])],
    [
      `{"jsonrpc":"2.0","id":7,"error":{"code":${BIG},"message":"","data":${BIG}}}`,
      failure(ID, { code: 2n ** 64n - 1n, message: "", data: 2n ** 64n - 1n }),
    ],
  ];
  for (const [line, expected] of rows) {
    const fake = begin({}, EXACT);
    await fake.write(line);
    assertEquals(fake.conversation.response, expected);
  }
  const fake = begin({}, EXACT);
  await fake.write(`{"jsonrpc":"2.0","id":7,"result":${BIG.repeat(60)}}`);
  assertMatch(
    String(fake.events[0]),
    /^the guest wrote a line with an integer of more than 1024 digits: "/,
  );
});
