/**
 * Runs a WASI command ahead of time, and makes what its memory then holds the data of the module:
 * the next run begins where that one ended. For programs that take long to set themselves up.
 *
 * @module
 */

import { Writer } from "../../lib/wasm/bytes.ts";
import { type Module, parseModule, SECTION } from "../../lib/wasm/module.ts";

const ACTIVE = 0, I32_CONST = 0x41, END = 0x0b, HAS_MAXIMUM = 1;
const PAGE = 65_536;
const OK = 0, ENOTCAPABLE = 76;

/** As many zeros as a new segment costs, roughly: an engine takes 30 ns for one, and copies 16 bytes in a ns. */
const GAP = 512;

/** What {@linkcode snapshot} needs to know of a run. */
export interface Run {
  /** What the command reads from stdin. */
  readonly stdin: Uint8Array;
  /** The lowest address to keep, in bytes: what is below is stack, and of no use to the next run. */
  readonly from: number;
}

/**
 * Runs the command once, with stdin and stderr and nothing else, no clock either, so that the same
 * module and stdin make the same bytes; returns the module with its memory.
 *
 * For modules with one memory, whose globals are what they were when a run has ended (as the stack
 * pointer of compiled C), and that use no passive data.
 *
 * @throws {Error} The command exits with a code other than 0; the message is what it wrote to stderr.
 */
export async function snapshot(wasm: Uint8Array, run: Run): Promise<Uint8Array> {
  const memory = await execute(wasm, run.stdin);
  const module = parseModule(wasm);
  const out = new Writer(wasm.length + memory.length);
  out.bytes(wasm, 0, 8);
  for (const { id, start, end } of module.sections) {
    if (id === SECTION.dataCount) continue;
    if (id === SECTION.data) out.section(id, segments(memory, run.from));
    else if (id === SECTION.memory) out.section(id, size(module, memory.length / PAGE));
    else out.bytes(wasm, start, end);
  }
  return out.finish();
}

/** Thrown to end the command. */
class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit code ${code}`);
  }
}

/** Runs the command, and returns its memory. */
async function execute(wasm: Uint8Array, stdin: Uint8Array): Promise<Uint8Array> {
  const module = await WebAssembly.compile(Uint8Array.from(wasm));
  let left = stdin;
  let stderr = "";
  const memory = (): ArrayBufferLike => (exports.memory as WebAssembly.Memory).buffer;

  /** Does `work` with each of the buffers that `iovecs` are, and stores the sum of the bytes that it says it took. */
  function each(iovecs: number, count: number, sum: number, work: (buffer: Uint8Array) => number) {
    const view = new DataView(memory());
    let bytes = 0;
    for (let at = iovecs; at < iovecs + count * 8; at += 8) {
      const [start, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
      bytes += work(new Uint8Array(memory(), start, length));
    }
    view.setUint32(sum, bytes, true);
    return OK;
  }
  const wasi: Record<string, (...args: number[]) => number> = {
    fd_read: (_fd, iovecs, count, nread) =>
      each(iovecs, count, nread, (buffer) => {
        const chunk = left.subarray(0, buffer.length);
        buffer.set(chunk);
        left = left.subarray(chunk.length);
        return chunk.length;
      }),
    fd_write: (_fd, ciovecs, count, nwritten) =>
      each(ciovecs, count, nwritten, (buffer) => {
        stderr += new TextDecoder().decode(buffer.slice());
        return buffer.length;
      }),
    proc_exit(code) {
      throw new Exit(code);
    },
  };
  const functions = WebAssembly.Module.imports(module).map(({ name }) => [
    name,
    wasi[name] ?? (() => ENOTCAPABLE),
  ]);
  const { exports } = await WebAssembly.instantiate(module, {
    wasi_snapshot_preview1: Object.fromEntries(functions),
  });
  try {
    (exports._start as () => void)();
  } catch (cause) {
    if (!(cause instanceof Exit && cause.code === 0)) {
      throw new Error(`The run ahead of time failed: ${(cause as Error).message}\n${stderr}`, {
        cause,
      });
    }
  }
  return new Uint8Array(memory());
}

/** The memory section: so many pages from the start. */
function size({ memories }: Module, pages: number): Writer {
  const { maximum } = memories[0];
  const out = new Writer();
  out.u32(1);
  out.u8(maximum === undefined ? 0 : HAS_MAXIMUM);
  out.u32(pages);
  if (maximum !== undefined) out.u32(maximum);
  return out;
}

/** The data section: whatever in the memory is not zero. */
function segments(memory: Uint8Array, from: number): Writer {
  const found: { start: number; end: number }[] = [];
  for (let at = from; at < memory.length; at++) {
    if (memory[at] === 0) continue;
    const last = found.at(-1);
    if (last && at - last.end < GAP) last.end = at + 1;
    else found.push({ start: at, end: at + 1 });
  }
  const out = new Writer(memory.length);
  out.u32(found.length);
  for (const { start, end } of found) {
    out.bytes([ACTIVE, I32_CONST]);
    out.s32(start);
    out.u8(END);
    out.u32(end - start);
    out.bytes(memory, start, end);
  }
  return out;
}
