// The dot product of two vectors of floats, four lanes at a time.
const SIZE = 8192;
const a = new StaticArray<f32>(SIZE);
const b = new StaticArray<f32>(SIZE);

function dot(): f32 {
  let sum = f32x4.splat(0);
  const x = changetype<usize>(a);
  const y = changetype<usize>(b);
  for (let i: usize = 0; i < <usize> SIZE * 4; i += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(x + i), v128.load(y + i)));
  }
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) +
    f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
}

export function run(n: i32): i32 {
  for (let i = 0; i < SIZE; i++) {
    a[i] = <f32> (i % 13);
    b[i] = <f32> (i % 17);
  }
  let sum: u32 = 0;
  for (let round = 0; round < n; round++) {
    sum = sum * 31 + <u32> dot();
    b[round % SIZE] += 1;
  }
  return sum;
}
