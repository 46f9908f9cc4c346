// The product of two matrices of doubles, by the textbook.
const SIZE = 48;
const a = new StaticArray<f64>(SIZE * SIZE);
const b = new StaticArray<f64>(SIZE * SIZE);
const c = new StaticArray<f64>(SIZE * SIZE);

function multiply(): void {
  for (let i = 0; i < SIZE; i++) {
    for (let j = 0; j < SIZE; j++) {
      let sum: f64 = 0;
      for (let k = 0; k < SIZE; k++) {
        sum += unchecked(a[i * SIZE + k]) * unchecked(b[k * SIZE + j]);
      }
      unchecked(c[i * SIZE + j] = sum);
    }
  }
}

export function run(n: i32): i32 {
  for (let i = 0; i < SIZE * SIZE; i++) {
    a[i] = <f64> (i % 7) / 7;
    b[i] = <f64> (i % 11) / 11;
  }
  let trace: f64 = 0;
  for (let round = 0; round < n; round++) {
    multiply();
    for (let i = 0; i < SIZE; i++) trace += c[i * SIZE + i];
    a[round % (SIZE * SIZE)] += 1;
  }
  return <i32> (<i64> trace);
}
