/**
 * A last step for modules whose runtime grows the memory as soon as it starts.
 *
 * @module
 */

import { Reader, Writer } from "../../lib/wasm/bytes.ts";
import { parseModule, SECTION } from "../../lib/wasm/module.ts";

const NO_MAXIMUM = 0;

/**
 * Has a module's memory begin with at least that many pages of 64 KiB. A memory that a guest has grown serves no other
 * guest, so each call would pay for a new one, and for the growing: with Go that is half of a `ping`.
 *
 * For modules that define a memory, their only one, without a maximum.
 */
export function initialPages(wasm: Uint8Array, pages: number): Uint8Array<ArrayBuffer> {
  const out = new Writer(wasm.length + 8);
  out.bytes(wasm, 0, 8);
  for (const { id, start, body, end } of parseModule(wasm).sections) {
    if (id === SECTION.memory) out.section(id, atLeast(pages, new Reader(wasm, body, end)));
    else out.bytes(wasm, start, end);
  }
  return out.finish();
}

function atLeast(pages: number, section: Reader): Writer {
  const content = new Writer(8);
  const at = section.pos;
  const [count, limits] = [section.u32(), section.u8()];
  if (count !== 1 || limits !== NO_MAXIMUM) throw section.unsupported("memory", at);
  content.u32(count);
  content.u8(limits);
  content.u32(Math.max(pages, section.u32()));
  return content;
}
