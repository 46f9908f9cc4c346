// CRC-32 by a table of 256 words.
const SIZE = 16384;
const table = new StaticArray<u32>(256);
const data = new StaticArray<u8>(SIZE);

function crc32(seed: u32): u32 {
  let crc = ~seed;
  for (let i = 0; i < SIZE; i++) {
    crc = unchecked(table[(crc ^ unchecked(data[i])) & 255]) ^ (crc >>> 8);
  }
  return ~crc;
}

export function run(n: i32): i32 {
  for (let i: u32 = 0; i < 256; i++) {
    let word = i;
    for (let bit = 0; bit < 8; bit++) word = word & 1 ? 0xedb88320 ^ (word >>> 1) : word >>> 1;
    table[i] = word;
  }
  for (let i = 0; i < SIZE; i++) data[i] = <u8> (i * 7);
  let crc: u32 = 0;
  for (let round = 0; round < n; round++) crc = crc32(crc);
  return crc;
}
