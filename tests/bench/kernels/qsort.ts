// Quicksort by a comparator that the caller hands over, as C's qsort does.
type Comparator = (a: i32, b: i32) => i32;

const SIZE = 4096;
const items = new StaticArray<i32>(SIZE);

function sort(low: i32, high: i32, compare: Comparator): void {
  while (low < high) {
    const pivot = items[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (compare(items[i], pivot) < 0) i++;
      while (compare(items[j], pivot) > 0) j--;
      if (i > j) break;
      const item = items[i];
      items[i++] = items[j];
      items[j--] = item;
    }
    if (j - low < high - i) {
      sort(low, j, compare);
      low = i;
    } else {
      sort(i, high, compare);
      high = j;
    }
  }
}

export function run(n: i32): i32 {
  let sum = 0;
  let random: u32 = 1;
  for (let round = 0; round < n; round++) {
    for (let i = 0; i < SIZE; i++) {
      random = random * 1664525 + 1013904223;
      items[i] = random >> 8;
    }
    if (round & 1) sort(0, SIZE - 1, (a, b) => a - b);
    else sort(0, SIZE - 1, (a, b) => b - a);
    for (let i = 0; i < SIZE; i += 97) sum = sum * 31 + items[i];
  }
  return sum;
}
