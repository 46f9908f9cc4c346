/**
 * S-expressions, as far as scripts of the WebAssembly test-suite need them.
 *
 * @module
 */

/** A list, or an atom or string as it is written. */
export interface Node {
  /** Offset in the source. */
  readonly start: number;
  /** Offset after it. */
  readonly end: number;
  /** The source text. */
  readonly text: string;
  /** What is in the parentheses; `undefined` for an atom or a string. */
  readonly items?: readonly Node[];
}

/** White space, comments (those in parentheses nest and are skipped below), strings, atoms, parentheses. */
const TOKEN = /(?<space>\s+|;;[^\n]*)|(?<open>\(;)|"(?:[^"\\]|\\[^])*"|[()]|[^\s()";]+/y;

/** Reads all expressions of a source text. */
export function parseSexprs(source: string): Node[] {
  const open: { start: number; items: Node[] }[] = [{ start: 0, items: [] }];
  let pos = 0;
  while (pos < source.length) {
    TOKEN.lastIndex = pos;
    const token = TOKEN.exec(source);
    if (token === null) throw new SyntaxError(`unexpected ${source[pos]} at offset ${pos}`);
    const start = pos;
    pos = TOKEN.lastIndex;
    if (token.groups?.space) continue;
    if (token.groups?.open) {
      pos = skipComment(source, pos);
    } else if (token[0] === "(") {
      open.push({ start, items: [] });
    } else if (token[0] === ")") {
      const list = open.pop()!;
      if (open.length === 0) throw new SyntaxError(`unexpected ) at offset ${start}`);
      open.at(-1)!.items.push({ ...list, end: pos, text: source.slice(list.start, pos) });
    } else {
      open.at(-1)!.items.push({ start, end: pos, text: token[0] });
    }
  }
  if (open.length > 1) throw new SyntaxError(`( without ) at offset ${open.at(-1)!.start}`);
  return open[0].items;
}

/** Answers the offset after a comment in parentheses whose content starts at `pos`. */
function skipComment(source: string, pos: number): number {
  for (let depth = 1; depth > 0; pos++) {
    const two = source.slice(pos, pos + 2);
    if (two === "") throw new SyntaxError("(; without ;)");
    if (two === "(;") depth++, pos++;
    else if (two === ";)") depth--, pos++;
  }
  return pos;
}

const ESCAPE = /\\(?:u\{(?<code>[0-9a-fA-F_]+)\}|(?<hex>[0-9a-fA-F]{2})|(?<char>[^]))|[^\\]+/g;
const CHARACTERS: Record<string, string> = { t: "\t", n: "\n", r: "\r" };

/** The bytes that string literals stand for, one after another. */
export function stringBytes(literals: readonly Node[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  for (const { text } of literals) {
    for (const [plain, code, hex, char] of text.slice(1, -1).matchAll(ESCAPE)) {
      if (hex !== undefined) bytes.push(parseInt(hex, 16));
      else if (code !== undefined) {
        bytes.push(...encoder.encode(String.fromCodePoint(parseInt(code.replaceAll("_", ""), 16))));
      } else bytes.push(...encoder.encode(char === undefined ? plain : CHARACTERS[char] ?? char));
    }
  }
  return Uint8Array.from(bytes);
}

/** The text that one string literal stands for. */
export function stringText(literal: Node): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(stringBytes([literal]));
}
