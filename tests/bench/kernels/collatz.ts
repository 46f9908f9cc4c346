// The length of Collatz sequences: one short loop, one unpredictable branch.
function steps(start: u64): i32 {
  let count = 0;
  for (let value = start; value !== 1; count++) {
    value = value & 1 ? 3 * value + 1 : value >> 1;
  }
  return count;
}

export function run(n: i32): i32 {
  let longest = 0;
  for (let start = 1; start <= n * 16; start++) longest = max(longest, steps(start));
  return longest;
}
