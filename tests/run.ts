/**
 * `deno task test [PATTERN…]`: the suite under Deno, then the same files under Bun.
 *
 * A PATTERN picks the test files whose path contains it. The last line is `N passed, N failed`,
 * summed over both; exits 1 when anything failed, a runner broke, or nothing ran.
 *
 * The example plugins are built before. Tests of one whose toolchain is not here are left out, and
 * the lines before the last say which and why; with `CI=true` that is a failure.
 *
 * @module
 */
import { buildAll } from "../examples/build.ts";
import { BUN } from "./support/runtimes.ts";
import { bunSummary, denoSummary, type Summary } from "./support/summary.ts";

/** When a runner is stopped, in ms: Deno itself waits for ever for a test that hangs. */
const RUNNER_CEILING = 30 * 60_000;
const ROOT = new URL("../", import.meta.url);

interface Runner {
  readonly name: string;
  /** What to start; a later one stands in for an earlier one that is not on the machine. */
  readonly commands: readonly (readonly string[])[];
  readonly summary: (output: string) => Summary | undefined;
}

const RUNNERS: readonly Runner[] = [
  {
    name: "Deno",
    // Types are checked by `deno task check`.
    commands: [[Deno.execPath(), "test", "-A", "--no-check"]],
    summary: denoSummary,
  },
  {
    name: "Bun",
    commands: [
      ["npx", "--yes", BUN],
      [Deno.execPath(), "x", "--yes", `npm:${BUN}`],
    ].map((bun) => [...bun, "test", "--preload", "./tests/support/bun.ts"]),
    summary: bunSummary,
  },
];

async function main(patterns: readonly string[]): Promise<void> {
  const files = (await findTests("tests/"))
    .filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)))
    .sort();
  const skipped = await buildPlugins();
  let passed = 0;
  let failed = 0;
  for (const runner of RUNNERS) {
    const found = await runSuite(runner, files);
    passed += found.passed;
    failed += found.failed;
  }
  for (const { name, note } of skipped) console.log(`skipped ${name}: ${note}`);
  console.log(`${passed} passed, ${failed} failed`);
  Deno.exitCode = failed > 0 ? 1 : 0;
}

/** Builds the example plugins before any test asks for one, and returns those whose toolchain is missing. */
async function buildPlugins(): Promise<{ name: string; note: string }[]> {
  const outcomes = await buildAll({ stale: true });
  for (const { name, outcome, note } of outcomes) {
    if (outcome !== "current") console.log(`${outcome} ${name}: ${note}`);
  }
  return outcomes.filter(({ outcome }) => outcome === "skipped");
}

/** Lists every `*_test.ts` below a directory, as `./tests/…`, so that both run the same files. */
async function findTests(directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(directory, ROOT))) {
    if (isDirectory) found.push(...await findTests(`${directory}${name}/`));
    else if (name.endsWith("_test.ts")) found.push(`./${directory}${name}`);
  }
  return found;
}

/** Runs the files; whatever keeps the runner from saying that all passed counts as a failure. */
async function runSuite(
  runner: Runner,
  files: readonly string[],
): Promise<{ passed: number; failed: number }> {
  console.log(`--- ${runner.name} ---`);
  const { passed, failed, ignored, broken } = await attempt(runner, files);
  if (broken) console.log(`${runner.name}: ${broken}`);
  const mayIgnore = Deno.env.get("CI") !== "true";
  if (ignored > 0) {
    console.log(`${runner.name}: ${ignored} ignored${mayIgnore ? "" : ", which counts as failed"}`);
  }
  const failures = failed + (mayIgnore ? 0 : ignored);
  return { passed, failed: broken ? Math.max(failures, 1) : failures };
}

async function attempt(
  runner: Runner,
  files: readonly string[],
): Promise<Summary & { broken?: string }> {
  const nothing: Summary = { passed: 0, failed: 0, ignored: 0 };
  if (files.length === 0) return { ...nothing, broken: "no test file matches" };
  const ended = await start(runner.commands, files);
  if (!ended) return { ...nothing, broken: "could not be started" };
  const summary = runner.summary(ended.output);
  if (!summary) return { ...nothing, broken: `exit code ${ended.code} and no summary` };
  if (summary.passed + summary.failed === 0) return { ...summary, broken: "no test ran" };
  if (ended.code !== 0 && summary.failed === 0) {
    return { ...summary, broken: `exit code ${ended.code}` };
  }
  return summary;
}

/** Starts the first command that exists, and shows what it prints while it runs. */
async function start(
  commands: Runner["commands"],
  files: readonly string[],
): Promise<{ code: number; output: string } | undefined> {
  const colour: Record<string, string> = Deno.stdout.isTerminal() && !Deno.noColor
    ? { FORCE_COLOR: "1" }
    : { NO_COLOR: "1" };
  for (const [program, ...args] of commands) {
    const command = new Deno.Command(program, {
      args: [...args, ...files],
      cwd: ROOT,
      env: colour,
      signal: AbortSignal.timeout(RUNNER_CEILING),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    try {
      const child = command.spawn();
      const [out, err, { code }] = await Promise.all([
        tee(child.stdout, Deno.stdout),
        tee(child.stderr, Deno.stderr),
        child.status,
      ]);
      return { code, output: `${out}\n${err}` };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

/** Passes a stream on, and returns its text. */
async function tee(
  from: ReadableStream<Uint8Array>,
  to: { write(bytes: Uint8Array): Promise<number> },
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of from) {
    text += decoder.decode(chunk, { stream: true });
    for (let at = 0; at < chunk.length;) at += await to.write(chunk.subarray(at));
  }
  return text;
}

await main(Deno.args.filter((arg) => arg !== "--"));
