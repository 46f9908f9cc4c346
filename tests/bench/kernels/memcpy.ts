// Bulk operators on pieces from a few bytes to 8 KiB.
const SIZE = 65536;
const from = heap.alloc(SIZE);
const to = heap.alloc(SIZE);

export function run(n: i32): i32 {
  memory.fill(from, 1, SIZE);
  memory.fill(to, 2, SIZE);
  let random: u32 = 1;
  let sum: u32 = 0;
  for (let round = 0; round < n * 16; round++) {
    for (let i: u32 = 0; i < 64; i++) {
      random = random * 1664525 + 1013904223;
      const length = (random >>> 8) & 127;
      memory.copy(to + (random >>> 17), from + i * 8, length);
      memory.fill(from + (i << 8), <u8> (random >>> 24), length >> 1);
    }
    const length = (random >>> 16) & 8191;
    memory.copy(from + length, to, length);
    memory.fill(to + length, <u8> (random >>> 24), length >> 1);
    sum = sum * 31 + load<u32>(to + (random >>> 18));
  }
  return sum;
}
