import { LimitError, now, type Plugin, sleep } from "../../mod.ts";
import { largestGap, percentile, type Row, testPlugin } from "./bench.ts";
import { endlessPlugin } from "./endless.ts";

const SIEVE = 5_000_000;
const SPINNERS = [1, 10, 100];
/** Each is to have enough slices for one that was cut short not to matter. */
const SPIN_MS = 2000, SPIN_MS_EACH = 200;
const SLICE_MS = 8;
const BEAT_MS = 5;

/** How long busy guests keep the host's event loop from turning, and whether each gets its share. */
export async function* rows(): AsyncGenerator<Row> {
  await using plugin = await testPlugin();
  const gap = await largestGap(() => plugin.call("prime_sieve", SIEVE));
  yield { name: "sieve_gap", value: gap, unit: "ms", atMost: 40 };

  for (const count of SPINNERS) {
    await using spinners = await endlessPlugin(count);
    const spin = (timeoutMs: number) =>
      Promise.all(Array.from({ length: count }, () => spinUntil(spinners, timeoutMs)));
    // Makes the memories, and the engine compile the loop.
    await spin(500);
    let ran: number[] = [];
    const late = await delays(async () => {
      ran = await spin(SPIN_MS + SPIN_MS_EACH * count);
    });
    const delay = percentile(late, 0.99);
    yield {
      name: `spinners_${count}_delay_p99`,
      value: delay,
      unit: "ms",
      atMost: 2 * SLICE_MS + 5,
    };
    const mean = ran.reduce((sum, ms) => sum + ms, 0) / count;
    const off = Math.max(...ran.map((ms) => Math.abs(ms / mean - 1))) * 100;
    yield { name: `spinners_${count}_share_off_by`, value: off, unit: "%", atMost: 20 };
  }
}

/**
 * Lets a guest loop until its deadline, and answers for how many ms it ran. Not what it burnt: a loop that is under way goes on in
 * the code that it began in, in JavaScriptCore, be that slow, while the next guest has optimised code.
 */
async function spinUntil(plugin: Plugin, timeoutMs: number): Promise<number> {
  const error = await plugin.call("spin", null, { timeoutMs }).catch((error) => error);
  if (error instanceof LimitError && error.code === "deadline_exceeded") {
    return error.report!.guestMs;
  }
  throw new Error("expected deadline_exceeded", { cause: error });
}

/** Lets a timer beat while `work` is done, and answers how late each beat was, in ms. */
async function delays(work: () => Promise<unknown>): Promise<number[]> {
  let isWorking = true;
  const late: number[] = [];
  const done = work().finally(() => isWorking = false);
  while (isWorking) {
    const due = now() + BEAT_MS;
    await sleep(BEAT_MS);
    late.push(now() - due);
  }
  await done;
  return late;
}
