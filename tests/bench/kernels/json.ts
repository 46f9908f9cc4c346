// A JSON parser by recursive descent. It writes what it finds to a tape: a tag a value, then what belongs to it.
const TEXT = String.UTF8.encode(document());
const END = changetype<usize>(TEXT) + TEXT.byteLength;
const TAPE = heap.alloc(1 << 16);

let at: usize = 0;
let tape: usize = 0;

/** An array of records, some 10 kB. */
function document(): string {
  let text = "[";
  for (let i = 0; i < 64; i++) {
    if (i > 0) text += ",\n";
    text += `{"id": ${i}, "name": "item \\"${i}\\" of many", "price": ${
      i * 3
    }.25, "tags": ["a", "bc", "def"],`;
    text += ` "nested": {"on": true, "off": false, "none": null, "far": -${i}e3, "empty": [ ]}}`;
  }
  return text + "]";
}

function fail(): void {
  unreachable();
}

function peek(): u32 {
  while (at < END) {
    const byte: u32 = load<u8>(at);
    if (byte > 32) return byte;
    at++;
  }
  return 0;
}

function expect(byte: u32): void {
  if (peek() !== byte) fail();
  at++;
}

function emit(tag: u32): void {
  store<u32>(tape, tag);
  tape += 4;
}

function value(): void {
  switch (peek()) {
    case 0x7b:
      return object();
    case 0x5b:
      return array();
    case 0x22:
      return text();
    case 0x74:
      return word("true".length, 1);
    case 0x66:
      return word("false".length, 2);
    case 0x6e:
      return word("null".length, 3);
    default:
      return number();
  }
}

function object(): void {
  const start = tape;
  emit(4);
  at++;
  let count = 0;
  if (peek() === 0x7d) at++;
  else {
    while (true) {
      if (peek() !== 0x22) fail();
      text();
      expect(0x3a);
      value();
      count++;
      if (peek() !== 0x2c) break;
      at++;
    }
    expect(0x7d);
  }
  store<u32>(start, 4 + (count << 8));
}

function array(): void {
  const start = tape;
  emit(5);
  at++;
  let count = 0;
  if (peek() === 0x5d) at++;
  else {
    while (true) {
      value();
      count++;
      if (peek() !== 0x2c) break;
      at++;
    }
    expect(0x5d);
  }
  store<u32>(start, 5 + (count << 8));
}

function text(): void {
  const tag = tape;
  emit(6);
  at++;
  let length = 0;
  while (true) {
    if (at >= END) fail();
    let byte: u32 = load<u8>(at++);
    if (byte === 0x22) break;
    if (byte === 0x5c) byte = escape(load<u8>(at++));
    store<u8>(tape++, byte);
    length++;
  }
  tape = (tape + 3) & ~3;
  store<u32>(tag, 6 + (length << 8));
}

function escape(byte: u32): u32 {
  switch (byte) {
    case 0x6e:
      return 10;
    case 0x74:
      return 9;
    default:
      return byte;
  }
}

function word(length: i32, tag: u32): void {
  at += length;
  emit(tag);
}

function digits(): f64 {
  let number: f64 = 0;
  while (at < END) {
    const digit: u32 = <u32> load<u8>(at) - 0x30;
    if (digit > 9) break;
    number = number * 10 + digit;
    at++;
  }
  return number;
}

function number(): void {
  const negative = load<u8>(at) === 0x2d;
  if (negative) at++;
  let number = digits();
  if (load<u8>(at) === 0x2e) {
    const start = ++at;
    const fraction = digits();
    number += fraction / power(<i32> (at - start));
  }
  if ((load<u8>(at) | 0x20) === 0x65) {
    at++;
    number *= power(<i32> digits());
  }
  emit(7);
  store<f64>(tape, negative ? -number : number);
  tape += 8;
}

function power(exponent: i32): f64 {
  let result: f64 = 1;
  for (; exponent > 0; exponent--) result *= 10;
  return result;
}

export function run(n: i32): i32 {
  let sum: u32 = 0;
  for (let round = 0; round < n; round++) {
    at = changetype<usize>(TEXT);
    tape = TAPE;
    value();
    if (peek() !== 0) fail();
    for (let each = TAPE; each < tape; each += 4) sum = sum * 31 + load<u32>(each);
  }
  return sum;
}
