// Hofstadter's female and male sequences: two functions that call each other.
function female(n: i32): i32 {
  return n === 0 ? 1 : n - male(female(n - 1));
}

function male(n: i32): i32 {
  return n === 0 ? 0 : n - female(male(n - 1));
}

export function run(n: i32): i32 {
  let sum = 0;
  for (let round = 0; round < n; round++) sum = sum * 31 + female(20 + (round & 15));
  return sum;
}
