/**
 * Reads the scripts (`.wast`) of the WebAssembly test-suite.
 *
 * @see https://github.com/WebAssembly/spec/tree/main/interpreter#scripts
 * @module
 */
import binaryen from "binaryen";
import initWabt from "wabt";
import { FEATURES } from "../support/wat.ts";
import { type Node, parseSexprs, stringBytes, stringText } from "./sexpr.ts";

/** The bytes of a module, or why there are none: it is only text for a parser, and not well-formed at that. */
export type Binary = Uint8Array<ArrayBuffer> | { readonly unparsed: string };

/** Calls a function, or reads a global, of a module. */
export interface Action {
  readonly kind: "invoke" | "get";
  /** The module's name in the script; the latest one if there is none. */
  readonly module?: string;
  /** Name of the export. */
  readonly field: string;
  /** Constant instructions. */
  readonly args: readonly string[];
}

/** One command of a script, and the line that it is on. */
export type Command =
  & { readonly line: number }
  & (
    | { readonly kind: "module"; readonly name?: string; readonly binary: Binary }
    | { readonly kind: "register"; readonly as: string; readonly name?: string }
    | { readonly kind: "action"; readonly action: Action }
    /** Each result is one of several patterns: constant instructions, in which a NaN may be `nan:canonical` or `nan:arithmetic`. */
    | {
      readonly kind: "assert_return";
      readonly action: Action;
      readonly results: readonly (readonly string[])[];
    }
    | { readonly kind: "assert_trap" | "assert_exhaustion"; readonly action: Action }
    | { readonly kind: "assert_uninstantiable" | "assert_unlinkable"; readonly binary: Binary }
    | { readonly kind: "assert_invalid" | "assert_malformed"; readonly binary: Binary }
  );

const { MultiMemory, BulkMemory, MutableGlobals } = binaryen.Features;
const wabt = await initWabt();

/** Reads a script; its modules are assembled, but not validated. */
export function readScript(source: string): Command[] {
  let line = 1, pos = 0;
  return parseSexprs(source).map((node) => {
    for (; pos < node.start; pos++) if (source[pos] === "\n") line++;
    return readCommand(node, line);
  });
}

function readCommand(node: Node, line: number): Command {
  const [head, ...items] = list(node);
  const kind = head.text;
  switch (kind) {
    case "module": {
      const name = items[0]?.text.startsWith("$") ? items[0].text : undefined;
      return { kind, line, name, binary: readValidModule(node) };
    }
    case "register":
      return { kind, line, as: stringText(items[0]), name: items[1]?.text };
    case "invoke":
    case "get":
      return { kind: "action", line, action: readAction(node) };
    case "assert_return":
      return {
        kind,
        line,
        action: readAction(items[0]),
        results: items.slice(1).map(({ text, items }) =>
          items?.[0].text === "either" ? items.slice(1).map(({ text }) => text) : [text]
        ),
      };
    case "assert_trap":
      if (list(items[0])[0].text === "module") {
        return { kind: "assert_uninstantiable", line, binary: readValidModule(items[0]) };
      }
      return { kind, line, action: readAction(items[0]) };
    case "assert_exhaustion":
      return { kind, line, action: readAction(items[0]) };
    case "assert_unlinkable":
    case "assert_uninstantiable":
      return { kind, line, binary: readValidModule(items[0]) };
    case "assert_invalid":
    case "assert_malformed":
      return { kind, line, binary: readModule(items[0]) };
    default:
      throw new SyntaxError(`line ${line}: unknown command ${kind}`);
  }
}

function list(node: Node): readonly Node[] {
  if (!node.items?.length) throw new SyntaxError(`offset ${node.start}: a list is expected`);
  return node.items;
}

function readAction(node: Node): Action {
  const [kind, ...items] = list(node);
  const module = items[0].text.startsWith("$") ? items.shift()!.text : undefined;
  const [field, ...args] = items;
  if (kind.text !== "invoke" && kind.text !== "get") {
    throw new SyntaxError(`offset ${node.start}: unknown action ${kind.text}`);
  }
  return { kind: kind.text, module, field: stringText(field), args: args.map(({ text }) => text) };
}

/** `(module $name? …)`, `(module $name? binary "…"*)` or `(module $name? quote "…"*)`. */
function readModule(node: Node): Binary {
  const form = list(node).findIndex(({ text }) => text === "binary" || text === "quote");
  if (form < 0 || form > 2) return assemble(node.text);
  const content = stringBytes(node.items!.slice(form + 1));
  return node.items![form].text === "binary" ? content : assemble(content);
}

/** Binaryen stands in where wabt fails: it leaves out which memory a data segment is for, even if there are several. */
function readValidModule(node: Node): Binary {
  const binary = readModule(node);
  if (!("unparsed" in binary) && WebAssembly.validate(binary)) return binary;
  try {
    const module = binaryen.parseText(node.text);
    module.setFeatures(MultiMemory | BulkMemory | MutableGlobals);
    return Uint8Array.from(module.emitBinary());
  } catch {
    return binary;
  }
}

function assemble(text: string | Uint8Array): Binary {
  try {
    const module = wabt.parseWat("spec.wat", text, FEATURES);
    try {
      return Uint8Array.from(module.toBinary({}).buffer);
    } finally {
      module.destroy();
    }
  } catch (error) {
    return { unparsed: (error as Error).message };
  }
}
