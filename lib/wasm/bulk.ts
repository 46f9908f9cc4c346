/**
 * Instructions that do more the larger their operands are: bulk operators, growth, and whatever allocates.
 *
 * @module
 */

import { exceptionBytes, readAllocation } from "./allocation.ts";
import type { Reader } from "./bytes.ts";
import { Kind } from "./edits.ts";
import type { Flow } from "./flow.ts";
import { ONE_BYTE, type Opcode, PREFIXED, skipImmediates } from "./opcodes.ts";
import type { Outline } from "./surroundings.ts";

const MEMORY_GROW = ONE_BYTE[0x40];
const TABLE_GROW = PREFIXED.get(0xfc)![15];

/** Plans such instructions, in one body after another. */
export class Bulk {
  readonly #outline: Outline;
  readonly #flow: Flow;
  /** Whether the body has any that takes or gives fuel by itself. */
  touchesCounter = false;
  /** Whether any body so far allocates what is to be counted. */
  allocates = false;

  /** For bodies of a module, of which `flow` is the control. */
  constructor(outline: Outline, flow: Flow) {
    this.#outline = outline;
    this.#flow = flow;
  }

  /** Starts a body. */
  reset(): void {
    this.touchesCounter = false;
  }

  /** Plans the instruction at `at` if it is one of them; in any case `reader`, which is at its immediates, is behind them then. */
  plan(reader: Reader, opcode: Opcode, at: number): void {
    if (opcode.bulk) return this.#bulk(reader, opcode, at);
    if (opcode.allocates) return this.#allocate(reader, opcode, at);
    if (opcode !== MEMORY_GROW) return skipImmediates(reader, opcode);
    const wide = this.#outline.wideMemories[reader.u32()];
    this.#flow.edits.add(reader.pos, Kind.Grown, wide ? 1 : 0);
    this.#callAfterGrowth(reader.pos);
  }

  /** Plans what the `throw` at `at` allocates, with `reader` at its tag. */
  throw(reader: Reader, at: number): void {
    const { counted } = this.#outline;
    const tag = reader.u32();
    const bytes = counted === undefined ? 0 : exceptionBytes(counted, tag);
    if (bytes === 0) return;
    this.allocates = true;
    this.#flow.edits.add(at, Kind.Allocate, bytes);
  }

  #bulk(reader: Reader, opcode: Opcode, at: number): void {
    const wide = !opcode.allocates && this.#hasWideLength(reader, opcode);
    this.touchesCounter = true;
    this.#flow.flush(at);
    this.#flow.edits.add(at, Kind.Bulk, wide ? 1 : 0);
    if (opcode.allocates) this.#allocate(reader, opcode, at);
    this.#flow.reload(at, Kind.Reload);
    if (opcode === TABLE_GROW) this.#callAfterGrowth(reader.pos);
  }

  /** Growing takes some engines long, the more so the more there is, which fuel does not tell. */
  #callAfterGrowth(at: number): void {
    if (!this.#outline.callsAfterGrowth) return;
    this.touchesCounter = true;
    this.#flow.flush(at);
    this.#flow.edits.add(at, Kind.Call);
    this.#flow.reload(at, Kind.Reload);
  }

  /** What is allocated is no segment's concern: it is counted where it happens, and apart from fuel. */
  #allocate(reader: Reader, opcode: Opcode, at: number): void {
    const { counted } = this.#outline;
    if (counted === undefined) return skipImmediates(reader, opcode);
    this.allocates = true;
    this.#flow.edits.add(at, Kind.Allocate, readAllocation(reader, opcode, counted.types));
  }

  /** Whether the length that the bulk operator takes has 64 bits. A length in two address spaces is as wide as the narrower. */
  #hasWideLength(reader: Reader, opcode: Opcode): boolean {
    const first = reader.u32();
    const second = opcode.immediates.length > 1 ? reader.u32() : first;
    const { wideMemories, wideTables } = this.#outline;
    switch (opcode.name) {
      case "memory.fill":
      case "memory.copy":
        return wideMemories[first] && wideMemories[second];
      case "table.fill":
      case "table.grow":
      case "table.copy":
        return wideTables[first] && wideTables[second];
      default:
        return false;
    }
  }
}
