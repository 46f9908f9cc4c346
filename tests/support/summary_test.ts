import { assertEquals } from "@std/assert";
import { bunSummary, denoSummary, type Summary } from "./summary.ts";

interface Case {
  name: string;
  read: (output: string) => Summary | undefined;
  output: string;
  expected: Summary | undefined;
}

const CASES: Case[] = [
  {
    name: "Deno, in colour",
    read: denoSummary,
    output:
      "a ... ok (1ms)\n\n\x1b[0m\x1b[32mok\x1b[0m | 3 passed | 0 failed \x1b[0m(4ms)\x1b[0m\n",
    expected: { passed: 3, failed: 0, ignored: 0 },
  },
  {
    name: "Deno, with steps and ignored tests",
    read: denoSummary,
    output:
      "FAILED | 1 passed (1 step) | 3 failed (2 steps) | 1 ignored (173ms)\n\nerror: Test failed",
    expected: { passed: 1, failed: 3, ignored: 1 },
  },
  {
    name: "Deno, a test that prints a summary",
    read: denoSummary,
    output: "ok | 9 passed | 0 failed\nFAILED | 1 passed | 1 failed (2ms)\n",
    expected: { passed: 1, failed: 1, ignored: 0 },
  },
  { name: "Deno, crashed", read: denoSummary, output: "a ... \nKilled\n", expected: undefined },
  {
    name: "Bun",
    read: bunSummary,
    output: "(pass) a [0.03ms]\n\n 1 pass\n 0 fail\nRan 1 test across 1 file. [41.00ms]\n",
    expected: { passed: 1, failed: 0, ignored: 0 },
  },
  {
    name: "Bun, with skipped tests and errors",
    read: bunSummary,
    output: "\n 7 pass\n 2 skip\n 1 fail\n 1 error\nRan 10 tests across 2 files. [6.08s]\n",
    expected: { passed: 7, failed: 1, ignored: 2 },
  },
  { name: "Bun, crashed", read: bunSummary, output: " 1 pass\npanic\n", expected: undefined },
];

for (const { name, read, output, expected } of CASES) {
  Deno.test(`summary: ${name}`, () => assertEquals(read(output), expected));
}
