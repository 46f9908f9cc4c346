import { LimitError, now, type Plugin, sleep } from "../../mod.ts";
import { endlessPlugin, largestGap, percentile, type Row, testPlugin } from "./bench.ts";

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
      Promise.all(Array.from({ length: count }, () => burn(spinners, timeoutMs)));
    // Makes the memories, and the engine compile the loop.
    await spin(500);
    let burnt: number[] = [];
    const late = await delays(async () => {
      burnt = await spin(SPIN_MS + SPIN_MS_EACH * count);
    });
    const delay = percentile(late, 0.99);
    yield {
      name: `spinners_${count}_delay_p99`,
      value: delay,
      unit: "ms",
      atMost: 2 * SLICE_MS + 5,
    };
    const mean = burnt.reduce((sum, fuel) => sum + fuel, 0) / count;
    const off = Math.max(...burnt.map((fuel) => Math.abs(fuel / mean - 1))) * 100;
    yield { name: `spinners_${count}_share_off_by`, value: off, unit: "%", atMost: 20 };
  }
}

/** Lets a guest loop until its deadline, and answers what fuel it burnt. */
async function burn(plugin: Plugin, timeoutMs: number): Promise<number> {
  const error = await plugin.call("spin", null, { timeoutMs }).catch((error) => error);
  if (error instanceof LimitError && error.code === "deadline_exceeded") return error.report!.fuel;
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
