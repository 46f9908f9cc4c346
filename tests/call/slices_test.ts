// The fuel account and the slice clock, over a fake guest and a clock that is set by hand.
import { assertEquals, assertGreater } from "@std/assert";
import { type SliceOwner, Slices } from "../../lib/call/slices.ts";
import { KILL, WAIT } from "../../lib/wasi/context.ts";

const SLICE_MS = 8;

class FakeOwner implements SliceOwner {
  time = 1000;
  stopped = false;
  deadline = Infinity;
  readonly events: string[] = [];

  now(): number {
    return this.time;
  }

  overdue(): void {
    this.events.push("overdue");
  }

  outOfFuel(): void {
    this.events.push("outOfFuel");
  }

  yield(): typeof WAIT {
    this.events.push("yield");
    return WAIT;
  }
}

/** A started account; `burn` does what metered code does before a segment of that cost, and gives what the hook said. */
function begin(limit = Infinity) {
  const owner = new FakeOwner();
  const slices = new Slices(owner, SLICE_MS, limit);
  const left = { value: NaN };
  slices.start(left);
  const burn = (cost: number): number | undefined => {
    left.value -= cost;
    return left.value < 0 ? slices.refuel() : undefined;
  };
  return { owner, slices, left, burn };
}

const RATION = begin().left.value;

Deno.test("slices: nothing is burnt before the start", () => {
  const slices = new Slices(new FakeOwner(), SLICE_MS, 100);
  slices.expire();
  assertEquals([slices.burnt, slices.guestMs], [0, 0]);
});

const FIRST_RATIONS: [name: string, limit: number, ration: number][] = [
  ["no limit", Infinity, RATION],
  ["a limit above a ration", RATION + 1, RATION],
  ["a limit of a ration", RATION, RATION],
  ["a limit below a ration", RATION - 1, RATION - 1],
  ["no fuel at all", 0, 0],
];

for (const [name, limit, ration] of FIRST_RATIONS) {
  Deno.test(`slices: the first ration with ${name}`, () => {
    const { left, slices } = begin(limit);
    assertEquals([left.value, slices.burnt], [ration, 0]);
  });
}

Deno.test("slices: what is burnt is exact, over any number of rations", () => {
  const { owner, slices, left, burn } = begin();
  assertGreater(RATION, 0);
  let burnt = 0;
  for (const cost of [1, RATION - 1, 1, RATION, RATION, 3 * RATION + 7, 0, RATION - 1, 2]) {
    const answer = burn(cost);
    burnt += cost;
    assertEquals(slices.burnt, burnt);
    // A segment that the ration pays for to the last unit does not ask.
    if (answer !== undefined) assertEquals([answer, left.value], [0, RATION]);
  }
  assertEquals(owner.events, []);
});

for (const limit of [0, 1, RATION - 1, RATION, RATION + 1, 3 * RATION, 3 * RATION + 5]) {
  for (const step of [1 + limit / 4 | 0, RATION]) {
    Deno.test(`slices: a limit of ${limit} in steps of ${step} ends at its edge`, () => {
      const { owner, slices, burn } = begin(limit);
      for (let rest = limit; rest > 0; rest -= step) {
        assertEquals(burn(Math.min(step, rest)) ?? 0, 0);
      }
      assertEquals([slices.burnt, ...owner.events], [limit]);
      assertEquals(burn(1), KILL);
      assertEquals([slices.burnt, ...owner.events], [limit, "outOfFuel"]);
    });
  }
}

Deno.test("slices: a segment that goes far beyond the limit is not counted", () => {
  const { owner, slices, burn } = begin(10);
  burn(4);
  assertEquals(burn(1_000_000), KILL);
  assertEquals([slices.burnt, ...owner.events], [10, "outOfFuel"]);
});

for (const burnt of [0, 1, RATION - 1, RATION, RATION + 5]) {
  Deno.test(`slices: expire after ${burnt} burnt keeps them, and makes the guest ask`, () => {
    const { slices, left, burn } = begin(RATION + 5);
    burn(burnt);
    for (let i = 0; i < 3; i++) {
      slices.expire();
      assertEquals([left.value, slices.burnt], [-1, burnt]);
    }
    // Even a segment that costs nothing asks now; within the limit it gets on.
    assertEquals(burn(0), 0);
    assertEquals([left.value, slices.burnt], [Math.min(RATION, RATION + 5 - burnt), burnt]);
  });
}

Deno.test("slices: expire does not hide that the limit is passed", () => {
  const { owner, slices, burn } = begin(10);
  burn(10);
  slices.expire();
  assertEquals(burn(1), KILL);
  assertEquals([slices.burnt, ...owner.events], [10, "outOfFuel"]);
});

interface Ask {
  readonly name: string;
  readonly after: number;
  readonly deadline?: number;
  readonly stopped?: boolean;
  readonly limit?: number;
  readonly answer: number;
  readonly events: string[];
}

const ASKS: Ask[] = [
  { name: "at once", after: 0, answer: 0, events: [] },
  { name: "just before the slice ends", after: SLICE_MS - 0.001, answer: 0, events: [] },
  { name: "when the slice ends", after: SLICE_MS, answer: WAIT, events: ["yield"] },
  { name: "long after", after: 1e9, answer: WAIT, events: ["yield"] },
  { name: "just before the deadline", after: 4.999, deadline: 5, answer: 0, events: [] },
  { name: "at the deadline", after: 5, deadline: 5, answer: KILL, events: ["overdue"] },
  { name: "slice over, too", after: 9, deadline: 9, answer: KILL, events: ["overdue"] },
  {
    name: "out of fuel, too",
    after: 9,
    deadline: 9,
    limit: 1,
    answer: KILL,
    events: ["outOfFuel"],
  },
  { name: "stopped", after: 9, deadline: 9, limit: 1, stopped: true, answer: KILL, events: [] },
];

for (const { name, after, deadline = Infinity, stopped = false, limit, answer, events } of ASKS) {
  Deno.test(`slices: a guest that asks: ${name}`, () => {
    const { owner, slices, burn } = begin(limit);
    owner.deadline = owner.time + deadline;
    owner.stopped = stopped;
    owner.time += after;
    assertEquals(slices.used, after >= SLICE_MS);
    assertEquals(burn(RATION + 1), answer);
    assertEquals(owner.events, events);
  });
}

const WAITS: [name: string, waited: number, afterTurn: boolean, usedAfter: number][] = [
  ["a turn begins a slice", 0, true, SLICE_MS],
  ["a long turn begins a slice", 500, true, SLICE_MS],
  ["a long wait is not the slice's", 500, false, SLICE_MS - 3],
  ["a short wait is the slice's", 1, false, SLICE_MS - 4],
  ["no wait at all changes nothing", 0, false, SLICE_MS - 3],
];

for (const [name, waited, afterTurn, usedAfter] of WAITS) {
  Deno.test(`slices: ${name}`, () => {
    const { owner, slices } = begin();
    owner.time += 3;
    slices.suspend();
    assertEquals(slices.guestMs, 3);
    owner.time += waited;
    assertEquals(slices.guestMs, 3);
    slices.resume(afterTurn, owner.time);
    owner.time += usedAfter - 0.5;
    assertEquals([slices.used, slices.guestMs], [false, 3 + usedAfter - 0.5]);
    owner.time += 0.5;
    assertEquals([slices.used, slices.guestMs], [true, 3 + usedAfter]);
  });
}

Deno.test("slices: after a turn a guest gets on, even if asking takes it more than a slice", () => {
  const { owner, slices, burn } = begin();
  for (let i = 0; i < 3; i++) {
    owner.time += 2 * SLICE_MS;
    assertEquals(burn(RATION + 1), WAIT);
    slices.suspend();
    slices.resume(true, owner.time);
    owner.time += 2 * SLICE_MS;
    assertEquals(slices.refuel(), 0);
  }
});

Deno.test("slices: an exhausted slice is used up at once, and the fuel stays what it was", () => {
  const { slices, burn } = begin();
  burn(100);
  slices.exhaust();
  assertEquals([slices.used, slices.burnt], [true, 100]);
  assertEquals(burn(1), WAIT);
  slices.suspend();
  slices.resume(true, 1000);
  assertEquals([slices.used, burn(1), slices.burnt], [false, undefined, 102]);
});
