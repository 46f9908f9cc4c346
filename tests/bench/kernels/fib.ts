// Calls and hardly anything else.
function fib(n: i32): i32 {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

export function run(n: i32): i32 {
  let sum = 0;
  for (let round = 0; round < n; round++) sum = sum * 31 + fib(20 + (round & 1));
  return sum;
}
