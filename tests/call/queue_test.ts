// Who is in, who waits, and who is next.
import { assertEquals } from "@std/assert";
import { Queue } from "../../lib/call/queue.ts";

interface Row {
  name: string;
  concurrency: number;
  /** `try`, `leave`, `wait NAME`, `cancel NAME`. */
  steps: string[];
  /** What `try` and `cancel` answered. */
  answers: boolean[];
  /** Who waited and was let in, in order. */
  entered?: string[];
  running: number;
  waiting?: number;
}

const ROWS: Row[] = [
  { name: "empty", concurrency: 1, steps: [], answers: [], running: 0 },
  {
    name: "as many as there are places",
    concurrency: 2,
    steps: ["try", "try", "try"],
    answers: [true, true, false],
    running: 2,
  },
  {
    name: "a place that was left is free",
    concurrency: 1,
    steps: ["try", "leave", "try", "try"],
    answers: [true, true, false],
    running: 1,
  },
  {
    name: "the first to wait is the first to enter",
    concurrency: 1,
    steps: ["try", "wait a", "wait b", "wait c", "leave", "leave"],
    answers: [true],
    entered: ["a", "b"],
    running: 1,
    waiting: 1,
  },
  {
    name: "a place that is handed over is never free",
    concurrency: 1,
    steps: ["try", "wait a", "leave", "try"],
    answers: [true, false],
    entered: ["a"],
    running: 1,
  },
  {
    name: "all leave",
    concurrency: 2,
    steps: ["try", "try", "wait a", "leave", "leave", "leave"],
    answers: [true, true],
    entered: ["a"],
    running: 0,
  },
  {
    name: "who has cancelled is passed over",
    concurrency: 1,
    steps: ["try", "wait a", "wait b", "cancel a", "leave"],
    answers: [true, true],
    entered: ["b"],
    running: 1,
  },
  {
    name: "when all have cancelled the place is free",
    concurrency: 1,
    steps: ["try", "wait a", "cancel a", "leave"],
    answers: [true, true],
    running: 0,
  },
  {
    name: "only who waits can cancel",
    concurrency: 1,
    steps: ["cancel a", "try", "wait a", "cancel a", "cancel a"],
    answers: [false, true, true, false],
    running: 1,
  },
  {
    name: "who has entered cannot cancel",
    concurrency: 1,
    steps: ["try", "wait a", "leave", "cancel a"],
    answers: [true, false],
    entered: ["a"],
    running: 1,
  },
];

for (const { name, concurrency, steps, answers, entered = [], running, waiting = 0 } of ROWS) {
  Deno.test(`queue: ${name}`, () => {
    const queue = new Queue(concurrency);
    const answered: boolean[] = [];
    const seen: string[] = [];
    const enters: Record<string, () => void> = {};
    for (const step of steps) {
      const [action, who] = step.split(" ");
      const enter = enters[who] ??= () => void seen.push(who);
      if (action === "try") answered.push(queue.tryEnter());
      else if (action === "leave") queue.leave();
      else if (action === "wait") queue.wait(enter);
      else answered.push(queue.cancel(enter));
    }
    assertEquals(answered, answers);
    assertEquals(seen, entered);
    assertEquals(queue.running, running);
    assertEquals(queue.length, waiting);
  });
}

Deno.test("queue: one that leaves as it enters lets in the next", () => {
  const queue = new Queue(1);
  const seen: string[] = [];
  queue.tryEnter();
  for (const who of ["a", "b", "c"]) {
    queue.wait(() => {
      seen.push(who);
      queue.leave();
    });
  }
  queue.leave();
  assertEquals(seen, ["a", "b", "c"]);
  assertEquals([queue.running, queue.length], [0, 0]);
});
