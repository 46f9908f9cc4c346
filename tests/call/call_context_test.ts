// What host methods see of a call: a signal that is made when it is asked for, and aborts with the call's end.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { CallContext } from "../../lib/call/call_context.ts";

const SOURCE = { plugin: { id: "id", name: "name" }, state: { n: 1 } };
const make = () => new CallContext(SOURCE, 3);
const REASON = new Error("over");

Deno.test("context: plugin, call and state are those of the call", () => {
  const { plugin, callId, state } = make();
  assertEquals({ plugin, callId, state }, { ...SOURCE, callId: 3 });
});

Deno.test("context: the signal is one, and aborts once, when the call ends", () => {
  const context = make();
  const { signal } = context;
  assertStrictEquals(context.signal, signal);
  let aborts = 0;
  signal.addEventListener("abort", () => aborts++);
  assert(!signal.aborted);
  context.abort(REASON);
  context.abort(new Error("again"));
  assertEquals(aborts, 1);
  assertStrictEquals(signal.reason, REASON);
});

Deno.test("context: who asks for the signal only after the end finds it aborted", () => {
  const context = make();
  context.abort(REASON);
  const { signal } = context;
  assert(signal.aborted);
  assertStrictEquals(signal.reason, REASON);
});
