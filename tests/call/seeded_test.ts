// The seeded stream, against what the C of its authors gives.
import { assertEquals, assertNotEquals } from "@std/assert";
import { SeededRandom } from "../../lib/call/seeded.ts";

/** The first five words of a seed, and the millionth after these five less one. */
const STREAMS: [seed: number, first: number[], millionth: number][] = [
  [0, [0xdec9045d, 0x9a089d75, 0xab77d362, 0xc3e16405, 0x5c95a8da], 0xcabc4d4e],
  [42, [0x69e85a2a, 0xf843fad0, 0x0105185f, 0x8a1f1ea6, 0xa66be2a9], 0xabb388e7],
  [1_234_567, [0x754a08e0, 0x10185982, 0x427d1923, 0x312ac6c1, 0x61be686c], 0x1c84d400],
  [2 ** 53 - 1, [0x4980a133, 0x4cb68966, 0x277278c2, 0xb0783cff, 0x9b095106], 0x758e1c5b],
];

for (const [seed, first, millionth] of STREAMS) {
  Deno.test(`seeded: the stream of ${seed}`, () => {
    const bytes = new Uint8Array(4_000_004);
    new SeededRandom(seed).fill(bytes);
    const view = new DataView(bytes.buffer);
    assertEquals(first.map((_, i) => view.getUint32(4 * i, true)), first);
    assertEquals(view.getUint32(4_000_000, true), millionth);
  });
}

Deno.test("seeded: each fill begins with a fresh word, and writes no byte more", () => {
  const random = new SeededRandom(42);
  const bytes = new Uint8Array(12);
  for (const [start, end] of [[0, 0], [1, 4], [5, 12]]) random.fill(bytes.subarray(start, end));
  assertEquals([...bytes], [0, 0x2a, 0x5a, 0xe8, 0, 0xd0, 0xfa, 0x43, 0xf8, 0x5f, 0x18, 0x05]);
});

Deno.test("seeded: bytes are evenly spread, and seeds differ", () => {
  const streams = [7, 8].map((seed) => {
    const bytes = new Uint8Array(256_000);
    new SeededRandom(seed).fill(bytes);
    const counts = new Array<number>(256).fill(0);
    for (const byte of bytes) counts[byte]++;
    // 1,000 of each are expected; six standard deviations are 190.
    assertEquals(counts.filter((count) => Math.abs(count - 1000) > 190), []);
    return bytes;
  });
  assertNotEquals(streams[0].subarray(0, 16), streams[1].subarray(0, 16));
});
