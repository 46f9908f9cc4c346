// Why runs are ended, and what is said of it.
import { assertEquals, assertGreaterOrEqual, assertInstanceOf, assertMatch } from "@std/assert";
import { outOfFuel, overdue, overLimit, protocolBroken } from "../../lib/call/stop.ts";
import { LimitError, ProtocolError } from "../../lib/errors.ts";
import { now } from "../../lib/runtime.ts";
import { makeTask } from "../support/slot.ts";

const say = (what: string) => `Cannot call: ${what}`;

Deno.test("stop: a limit, with its figures", () => {
  const { outcome, error } = overLimit(say, "too_many_host_calls", "9 calls", 8, 9);
  assertInstanceOf(error, LimitError);
  const { code, message, limit, value } = error;
  assertEquals([outcome, code], ["too_many_host_calls", "too_many_host_calls"]);
  assertEquals([message, limit, value], ["Cannot call: 9 calls", 8, 9]);
});

for (const where of [undefined, " in the queue"]) {
  Deno.test(`stop: the deadline${where ?? ""}, by how long it took`, () => {
    const task = makeTask({ startedAt: now() - 70, timeoutMs: 50 });
    const { outcome, error } = overdue(say, task, where);
    assertInstanceOf(error, LimitError);
    assertEquals([outcome, error.code, error.limit], [
      "deadline_exceeded",
      "deadline_exceeded",
      50,
    ]);
    assertGreaterOrEqual(Number(error.value), 70);
    assertMatch(
      error.message,
      /^Cannot call: deadline exceeded after \d+ ms( in the queue)? \(limit 50\)$/,
    );
    assertEquals(error.message.includes("queue"), where !== undefined);
  });
}

Deno.test("stop: the fuel", () => {
  const { outcome, error } = outOfFuel(say, makeTask({ fuel: 1000 }));
  assertInstanceOf(error, LimitError);
  assertEquals([outcome, error.code, error.limit, error.value], [
    "out_of_fuel",
    "out_of_fuel",
    1000,
    1000,
  ]);
  assertEquals(error.message, "Cannot call: out of fuel after 1000 units (limit 1000)");
});

Deno.test("stop: the protocol", () => {
  const { outcome, error } = protocolBroken(say, "the guest answered twice");
  assertInstanceOf(error, ProtocolError);
  assertEquals([outcome, error.code], ["protocol", "protocol"]);
  assertEquals(error.message, "Cannot call: the guest answered twice");
});
