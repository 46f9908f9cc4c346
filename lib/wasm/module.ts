/**
 * Reads the outline of a module: its sections, what its index spaces hold, and where its function bodies are. Bodies and data are
 * not looked into.
 *
 * @see https://webassembly.github.io/spec/core/binary/modules.html
 * @module
 */

import { hex, Reader } from "./bytes.ts";
import { type Draft, type Module, SECTION } from "./outline.ts";
import { CONTENT } from "./sections.ts";

export {
  type Export,
  type Import,
  type Kind,
  type Memory,
  type Module,
  SECTION,
  type Section,
  type Table,
  type Type,
} from "./outline.ts";

/** Ids of the known sections other than custom ones, in the order in which they must come. */
export const ORDER: readonly number[] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/**
 * Reads the outline of a module, in time and memory proportional to its length. That the module is valid is for the engine to say;
 * what is checked here is that the outline can be relied on: indices are in range and no length lies.
 *
 * @throws {LoadError} `wasm_invalid`: not a module, cut off, or otherwise not decodable. `wasm_unsupported`: a component, another
 * version, or a section, type, or instruction that is not known here. The message names the offset.
 */
export function parseModule(bytes: Uint8Array): Module {
  checkHeader(bytes);
  const module: Draft = {
    bytes,
    sections: [],
    types: [],
    recursionGroups: 0,
    imports: [],
    functionTypes: new Uint32Array(0),
    functionCount: 0,
    tables: [],
    tableLimits: [],
    tableCount: 0,
    memories: [],
    memoryCount: 0,
    globalCount: 0,
    globalValues: new Map(),
    tags: [],
    exports: [],
    start: undefined,
    addressTaken: new Uint8Array(0),
    referenced: new Uint8Array(0),
    constantBytes: 0,
    activeElements: 0,
    bodies: { starts: new Uint32Array(0), ends: new Uint32Array(0) },
  };
  const reader = new Reader(bytes, HEADER_LENGTH);
  let last = -1;
  while (!reader.done) {
    const start = reader.pos;
    const id = reader.u8();
    const content = reader.sub(reader.u32());
    const { pos: body, end } = content;
    if (id === SECTION.custom) {
      const name = content.name();
      module.sections.push({ id, name, start, body: content.pos, end });
      continue;
    }
    const rank = ORDER.indexOf(id);
    if (rank < 0) throw reader.unsupported("section", start, String(id));
    if (rank <= last) throw reader.error(`section ${id} is out of order`, start);
    last = rank;
    module.sections.push({ id, start, body, end });
    if (id in CONTENT) {
      CONTENT[id](module, content);
      if (!content.done) {
        throw reader.error(`section ${id} is longer than its content`, content.pos);
      }
    }
  }
  const { functionTypes, bodies } = module;
  if (bodies.starts.length !== functionTypes.length) {
    throw reader.error(`${functionTypes.length} functions have ${bodies.starts.length} bodies`);
  }
  return module;
}

const HEADER_LENGTH = 8, MAGIC = 0x6d736100, VERSION = 1, COMPONENT_LAYER = 1;

function checkHeader(bytes: Uint8Array): void {
  const reader = new Reader(bytes);
  if (bytes.length === 0) throw reader.error("no bytes");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 4 || view.getUint32(0, true) !== MAGIC) {
    throw reader.error("not a WebAssembly module, which begins with 00 61 73 6d");
  }
  if (bytes.length < HEADER_LENGTH) throw reader.error("unexpected end", bytes.length);
  // A component has the magic number of a module, and says in the upper half of the version word that it is none.
  if (view.getUint16(6, true) === COMPONENT_LAYER) {
    throw reader.unsupported("WebAssembly component, not a core module: layer", 6, "1");
  }
  const version = view.getUint32(4, true);
  if (version !== VERSION) throw reader.unsupported("version", 4, hex(version));
}
