// The sieve of Eratosthenes, a byte a number.
const SIZE = 65536;
const composite = new StaticArray<u8>(SIZE);

export function run(n: i32): i32 {
  let count = 0;
  for (let round = 0; round < n; round++) {
    memory.fill(changetype<usize>(composite), 0, SIZE);
    for (let i = 2; i * i < SIZE; i++) {
      if (unchecked(composite[i])) continue;
      for (let j = i * i; j < SIZE; j += i) unchecked(composite[j] = 1);
    }
    for (let i = 2; i < SIZE; i++) if (!unchecked(composite[i])) count++;
  }
  return count;
}
