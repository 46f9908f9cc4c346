// From a request to the method of a host, and back.
import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import type { JSONRPCRequest } from "json-rpc-2.0";
import { createDispatcher, type Dispatcher } from "../../lib/call/dispatcher.ts";
import { createHost, type Host, type HostContext, RpcError } from "../../mod.ts";

const context = {} as HostContext;

/** A call that notes what the dispatcher tells it. */
function caller() {
  const denied: string[] = [], errors: unknown[] = [];
  return {
    context,
    denied,
    errors,
    deny: (name: string) => void denied.push(name),
    hostFailed: (error: unknown) => void errors.push(error),
  };
}

const ask = (method: unknown, params?: unknown, id: unknown = 1) =>
  ({ jsonrpc: "2.0", id, method, params }) as JSONRPCRequest;
const tell = (method: unknown) => ({ jsonrpc: "2.0", method }) as JSONRPCRequest;
const success = (result: unknown) => ({ jsonrpc: "2.0", id: 1, result });
const failure = (code: number, message: string, id: unknown = 1) => ({
  jsonrpc: "2.0",
  id,
  error: { code, message },
});
const INTERNAL = failure(-32603, "Internal error");
const everything = (host: Host): Dispatcher => createDispatcher(host, () => true);
const boom = new Error("boom");
const thrower = () => {
  throw boom;
};

/** A method, what its request is answered with, and what the call is told that it threw. */
const METHODS: [name: string, run: () => unknown, response: object, errors?: unknown[]][] = [
  ["a value", () => 5, success(5)],
  ["nothing", () => undefined, success(null)],
  ["an Error", () => boom, success(boom)],
  ["throws", thrower, INTERNAL, [boom]],
  ["throws nothing", () => Promise.reject(undefined), INTERNAL, [undefined]],
  ["throws an RpcError", () => Promise.reject(new RpcError("no", { code: 7 })), failure(7, "no")],
  ["resolves", () => Promise.resolve(5), success(5)],
  ["rejects", () => Promise.reject(boom), INTERNAL, [boom]],
  ["a thenable", () => ({ then: (done: (value: number) => void) => done(5) }), success(5)],
  ["a function with then", () => {
    return Object.assign(() => {}, { then: (done: (value: number) => void) => done(5) });
  }, success(5)],
  ["a thenable that throws", () => ({ then: thrower }), INTERNAL, [boom]],
  [
    "then is a getter that throws",
    () => {
      return Object.defineProperty({}, "then", { get: thrower });
    },
    INTERNAL,
    [boom],
  ],
  ["a promise with a then of its own", () => {
    return Object.assign(Promise.resolve(5), { then: () => "no promise" });
  }, success(5)],
];

for (const [name, run, response, errors = []] of METHODS) {
  Deno.test(`dispatcher: a method gives: ${name}`, async () => {
    const dispatch = everything(createHost().method("m", run));
    const asked = caller(), told = caller();
    assertEquals(await dispatch(ask("m"), asked), response as never);
    assertEquals(asked.errors, errors);
    assertEquals(await dispatch(tell("m"), told), null);
    assertEquals(told.errors, errors);
  });
}

Deno.test("dispatcher: an error that cannot be read", async () => {
  const unreadable = Object.defineProperty(new RpcError("no"), "data", { get: thrower });
  const of = (handlers: object) => new Proxy({}, handlers);
  for (const error of [unreadable, of({ getPrototypeOf: thrower })]) {
    for (const fail of [() => Promise.reject(error), () => run(error)]) {
      const to = caller();
      const dispatch = everything(createHost().method("m", fail));
      assertEquals(await dispatch(ask("m"), to), INTERNAL as never);
      assertStrictEquals(to.errors[0], error);
    }
  }
});

function run(error: unknown): never {
  throw error;
}

Deno.test("dispatcher: a method that is synchronous is answered at once", () => {
  const dispatch = everything(createHost().method("m", (params) => params));
  assertEquals(dispatch(ask("m", [1]), caller()), success([1]) as never);
});

Deno.test("dispatcher: a method gets params and the call's context, and no this", () => {
  const seen: unknown[] = [];
  const host = createHost().method("m", function (this: unknown, ...args: unknown[]) {
    seen.push(this, ...args);
  });
  everything(host)(ask("m", { a: 1 }), caller());
  assertEquals(seen, [undefined, { a: 1 }, context]);
});

Deno.test("dispatcher: what is not granted is not there, whoever asks how", () => {
  let reached = 0;
  const host = createHost().method("m", () => reached++).method("n", () => reached++);
  const dispatch = createDispatcher(host, (name) => name === "n" || name === "none");
  const to = caller();
  const denied = { code: -32001, message: "capability denied", data: { method: "m" } };
  assertEquals(dispatch(ask("m"), to), { jsonrpc: "2.0", id: 1, error: denied } as never);
  assertEquals(dispatch(tell("m"), to), null);
  assertEquals(dispatch(ask("none"), to), failure(-32601, "Method not found") as never);
  assertEquals(dispatch(tell("none"), to), null);
  assertEquals(to.denied, ["m", "m"]);
  assertEquals(reached, 0);
});

Deno.test("dispatcher: what is no request is not served, and its id comes back if it is one", () => {
  let reached = 0;
  const dispatch = everything(createHost().method("m", () => reached++));
  const refusals: [request: object, id: unknown][] = [
    [ask(["m"]), 1],
    [ask(null), 1],
    [ask(["m"], null, { id: 1 }), null],
    [tell(5), null],
    [{ ...ask("m"), jsonrpc: "1.0" }, 1],
    [{ ...ask("m"), result: 1 }, 1],
    [{ method: "m" }, null],
  ];
  for (const [request, id] of refusals) {
    const response = dispatch(request as JSONRPCRequest, caller());
    assertEquals(response, failure(-32600, "Invalid Request", id) as never);
  }
  assertEquals(reached, 0);
});

Deno.test("dispatcher: methods that a host gets later are not there", () => {
  const host = createHost();
  const dispatch = everything(host);
  host.method("m", () => 1);
  assertEquals(dispatch(ask("m"), caller()), failure(-32601, "Method not found") as never);
});

Deno.test("dispatcher: a promise is given where the method gives one", async () => {
  const dispatch = everything(createHost().method("m", async () => await 1));
  const response = dispatch(ask("m"), caller());
  assertInstanceOf(response, Promise);
  assertEquals(await response, success(1) as never);
});
