/**
 * Reads how many tests passed from what a test runner printed.
 *
 * @module
 */

/** How many tests ended how; steps are not counted, they belong to their test. */
export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
}

/** Reads the last line of `deno test`: `ok | 3 passed (2 steps) | 0 failed | 1 ignored (2ms)`. */
export function denoSummary(output: string): Summary | undefined {
  const last = matchLast(plain(output), /^(?:ok|FAILED) \| (.*)$/gm);
  return last && counts(last[1], "passed", "failed", "ignored");
}

/** Reads the last lines of `bun test`: ` 3 pass`, ` 1 skip`, ` 0 fail`, one count a line. */
export function bunSummary(output: string): Summary | undefined {
  const last = matchLast(plain(output), /(?:^ *\d+ \w+\n)+(?=^Ran \d+ tests? )/gm);
  return last && counts(last[0], "pass", "fail", "skip");
}

function counts(
  text: string,
  passed: string,
  failed: string,
  ignored: string,
): Summary | undefined {
  const count = (word: string): number | undefined => {
    const found = text.match(new RegExp(`(\\d+) ${word}\\b`));
    return found ? Number(found[1]) : undefined;
  };
  const [p, f] = [count(passed), count(failed)];
  if (p === undefined || f === undefined) return undefined;
  return { passed: p, failed: f, ignored: count(ignored) ?? 0 };
}

/** The output without colours. */
function plain(output: string): string {
  // deno-lint-ignore no-control-regex -- an escape sequence begins with a control character
  return output.replace(/\x1b\[[\d;]*m/g, "");
}

function matchLast(text: string, pattern: RegExp): RegExpMatchArray | undefined {
  return [...text.matchAll(pattern)].at(-1);
}
