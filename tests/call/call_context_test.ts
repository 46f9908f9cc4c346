// What host methods see of a call: a signal that is made when it is asked for, and aborts with the call's end.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { CallContext } from "../../lib/call/call_context.ts";

const SOURCE = { plugin: { id: "id", name: "name" }, callId: 3, state: { n: 1 } };
const REASON = new Error("over");

Deno.test("context: plugin, call and state are those of the call", () => {
  const { plugin, callId, state } = new CallContext(SOURCE);
  assertEquals({ plugin, callId, state }, SOURCE);
});

Deno.test("context: the signal is one, and aborts once, when the call ends", () => {
  const context = new CallContext(SOURCE);
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
  const context = new CallContext(SOURCE);
  context.abort(REASON);
  const { signal } = context;
  assert(signal.aborted);
  assertStrictEquals(signal.reason, REASON);
});
