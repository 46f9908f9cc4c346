// The waits of one guest: what ends them, and that nothing ends them twice.
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { GO_ON, STOP, Suspension, type Wait } from "../../lib/call/suspension.ts";
import { awaitTurn, cancelTurn, isCrowded, leaveTurn } from "../../lib/call/turns.ts";
import { now, sleep } from "../../lib/runtime.ts";

/** Far enough for no timer of a test to reach it. */
const FAR_MS = 600_000;

/** A suspension that stops at its deadline, as a run does, and what it was told in the meantime. */
function make(sliceMs = FAR_MS) {
  const log: string[] = [];
  const suspension = new Suspension(sliceMs, {
    resume: (afterTurn) => void log.push(afterTurn ? "resume after turn" : "resume"),
    overdue() {
      log.push("deadline");
      suspension.stop();
    },
  });
  const wait = (until: Wait, deadline = now() + FAR_MS): Promise<number> => {
    suspension.prepare(until);
    return suspension.wait(deadline);
  };
  return { log, suspension, wait };
}

/** Whether the promise has settled, given time for that. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  await sleep(5);
  return await Promise.race([promise.then(() => true), Promise.resolve(false)]);
}

/** Whether anything waits for a turn: if nothing does, and no guest has run for long, a new turn is taken to begin now. */
function someWaitForTurns(): boolean {
  leaveTurn(-Infinity, -Infinity);
  return isCrowded(Number.MIN_VALUE, now());
}

interface End {
  readonly name: string;
  readonly until: () => Wait;
  readonly deadlineMs?: number;
  readonly act?: (suspension: Suspension) => void;
  readonly answer: number;
  readonly log: string[];
}

const far = () => now() + FAR_MS / 2;
const stdinChanged = (suspension: Suspension) => suspension.stdinChanged();
const stop = (suspension: Suspension) => suspension.stop();

const ENDS: End[] = [
  {
    name: "stdin",
    until: () => ({ stdin: true }),
    act: stdinChanged,
    answer: GO_ON,
    log: ["resume"],
  },
  {
    name: "stdin before a time",
    until: () => ({ stdin: true, at: far() }),
    act: stdinChanged,
    answer: GO_ON,
    log: ["resume"],
  },
  {
    name: "stdin before a turn",
    until: () => ({ stdin: true, turn: true }),
    act: stdinChanged,
    answer: GO_ON,
    log: ["resume"],
  },
  { name: "a time", until: () => ({ at: now() + 10 }), answer: GO_ON, log: ["resume"] },
  {
    name: "a time that is past",
    until: () => ({ at: now() - 10 }),
    answer: GO_ON,
    log: ["resume"],
  },
  {
    name: "a time, stdin silent",
    until: () => ({ stdin: true, at: now() + 10 }),
    answer: GO_ON,
    log: ["resume"],
  },
  { name: "a turn", until: () => ({ turn: true }), answer: GO_ON, log: ["resume after turn"] },
  {
    name: "a turn before a time",
    until: () => ({ turn: true, at: far() }),
    answer: GO_ON,
    log: ["resume after turn"],
  },
  { name: "stop", until: () => ({ stdin: true }), act: stop, answer: STOP, log: ["resume"] },
  {
    name: "stop, of a turn",
    until: () => ({ turn: true }),
    act: stop,
    answer: STOP,
    log: ["resume"],
  },
  { name: "stop, of nothing", until: () => ({}), act: stop, answer: STOP, log: ["resume"] },
  {
    name: "the deadline",
    until: () => ({ stdin: true }),
    deadlineMs: 10,
    answer: STOP,
    log: ["deadline", "resume"],
  },
  {
    name: "the deadline before a time",
    until: () => ({ at: far() }),
    deadlineMs: 10,
    answer: STOP,
    log: ["deadline", "resume"],
  },
  {
    name: "a deadline that is past",
    until: () => ({}),
    deadlineMs: -10,
    answer: STOP,
    log: ["deadline", "resume"],
  },
];

Deno.test("suspension: what waits for a turn is seen", () => {
  assert(!someWaitForTurns());
  const resume = () => {};
  awaitTurn(resume, 1);
  assert(someWaitForTurns());
  cancelTurn(resume);
  assert(!someWaitForTurns());
});

for (const { name, until, deadlineMs = FAR_MS, act, answer, log } of ENDS) {
  Deno.test(`suspension: ended by ${name}`, async () => {
    const { suspension, wait, log: told } = make();
    const waiting = wait(until(), now() + deadlineMs);
    act?.(suspension);
    assertEquals(await waiting, answer);
    assertEquals(told, log);
    assert(!someWaitForTurns(), "it no longer waits for a turn");
    suspension.close();
  });
}

Deno.test("suspension: a time and a deadline are never early", async () => {
  const { suspension, wait } = make();
  for (const ms of [0.1, 1, 3.5, 12]) {
    const at = now() + ms;
    assertEquals(await wait({ at }), GO_ON);
    assertGreaterOrEqual(now(), at);
  }
  const deadline = now() + 12;
  assertEquals(await wait({}, deadline), STOP);
  assertGreaterOrEqual(now(), deadline);
  suspension.close();
});

const ARRIVALS: [name: string, until: Wait, act: (suspension: Suspension) => void][] = [
  ["stdin", { stdin: true }, stdinChanged],
  ["the host", { host: true }, (suspension) => suspension.hostIdle()],
  ["stdin before a time", { stdin: true, at: FAR_MS * 1000 }, stdinChanged],
  ["stdin before a turn", { stdin: true, turn: true }, stdinChanged],
];

for (const [name, until, act] of ARRIVALS) {
  Deno.test(`suspension: ended by ${name} in a turn that is used up: by the next one`, async () => {
    const { suspension, wait, log } = make(0);
    const waiting = wait(until);
    act(suspension);
    act(suspension);
    await Promise.resolve();
    assertEquals(log, []);
    assertEquals(await waiting, GO_ON);
    assertEquals(log, ["resume after turn"]);
    assert(!someWaitForTurns());
    suspension.close();
  });
}

Deno.test("suspension: a guest that waits for the next turn can be stopped", async () => {
  const { suspension, wait, log } = make(0);
  const waiting = wait({ stdin: true });
  suspension.stdinChanged();
  assert(suspension.stop());
  assert(!suspension.stop());
  assertEquals([await waiting, ...log], [STOP, "resume"]);
  assert(!someWaitForTurns());
  suspension.close();
});

for (const until of [{}, { at: now() + FAR_MS / 2 }]) {
  Deno.test(`suspension: stdin ends no wait for ${Object.keys(until)[0] ?? "nothing"}`, async () => {
    const { suspension, wait, log } = make();
    const waiting = wait(until);
    suspension.stdinChanged();
    assertEquals([await isSettled(waiting), log.length], [false, 0]);
    suspension.stop();
    assertEquals(await waiting, STOP);
    suspension.close();
  });
}

Deno.test("suspension: what comes second does nothing", async () => {
  const { suspension, wait, log } = make();
  const waiting = wait({ stdin: true, turn: true, at: now() + 1 });
  suspension.stdinChanged();
  suspension.stdinChanged();
  suspension.stop();
  await new Promise<void>((resolve) => awaitTurn(resolve, 1));
  await sleep(5);
  assertEquals([await waiting, ...log], [GO_ON, "resume"]);
  suspension.close();
});

Deno.test("suspension: what ended one wait, or did not, leaves the next alone", async () => {
  const { suspension, wait, log } = make();
  const first = wait({ stdin: true, turn: true, at: now() + 1 });
  suspension.stdinChanged();
  assertEquals(await first, GO_ON);
  const second = wait({ at: now() + FAR_MS / 2 });
  suspension.stdinChanged();
  assertEquals([await isSettled(second), ...log], [false, "resume"]);
  suspension.stop();
  assertEquals(await second, STOP);
  suspension.close();
});

Deno.test("suspension: nothing happens where none waits", () => {
  const { suspension, log } = make();
  suspension.prepare({ stdin: true });
  suspension.stdinChanged();
  suspension.stop();
  suspension.close();
  assertEquals(log, []);
});

Deno.test("suspension: the deadline may come nearer between waits", async () => {
  const { suspension, wait, log } = make();
  assertEquals(await wait({ turn: true }), GO_ON);
  assertEquals(await wait({}, now() + 5), STOP);
  assertEquals(log, ["resume after turn", "deadline", "resume"]);
  suspension.close();
});

Deno.test("suspension: the deadline passes while the guest runs", async () => {
  const { suspension, wait, log } = make();
  assertEquals(await wait({ at: now() - 1 }, now() + 20), GO_ON);
  while (log.length < 2) await sleep(1);
  assertEquals(log, ["resume", "deadline"]);
  suspension.close();
});

Deno.test("suspension: after close no deadline is told", async () => {
  const { suspension, wait, log } = make();
  const deadline = now() + 20;
  const waiting = wait({ stdin: true }, deadline);
  suspension.stdinChanged();
  suspension.close();
  await waiting;
  await sleep(deadline - now() + 5);
  assertEquals(log, ["resume"]);
});

Deno.test("suspension: what comes after the deadline ends the guest, though the deadline's timer had no turn", async () => {
  const { log, wait, suspension } = make();
  const waiting = wait({ stdin: true }, now() + 1);
  const end = now() + 5;
  while (now() < end);
  suspension.stdinChanged();
  assertEquals([await waiting, log], [STOP, ["deadline", "resume"]]);
  suspension.close();
});
