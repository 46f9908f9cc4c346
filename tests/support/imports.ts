/**
 * Checks which way the rooms of the source look at each other, and which global names they use.
 *
 * Works on text: a graph made up in a test is checked like the real one.
 *
 * @module
 */

/** What a room may import, and which of the {@link NAMES} it may use. */
export interface Room {
  /**
   * Rooms (`"wasm"`), single files of rooms (`"wasi/table.ts"`), packages (`"zod"`) and `"node:"`
   * modules; after `"type "` only their types.
   */
  readonly imports: readonly string[];
  /** Names that no other room may use. */
  readonly names?: readonly string[];
}

export type Rooms = Readonly<Record<string, Room>>;

/** An import or re-export as written. */
export interface Import {
  readonly specifier: string;
  readonly type: boolean;
}

/** What a name looks like in code whose comments and strings were removed. */
const NAMES: Readonly<Record<string, RegExp>> = {
  Deno: /\bDeno\b/,
  Bun: /\bBun\b/,
  process: /\bprocess\b(?!\s*:)/,
  Suspending: /\bSuspending\b/,
  "WebAssembly.promising": /\.promising\b/,
  setTimeout: /\b(?:set|clear)(?:Timeout|Interval)\b/,
};

// Strings are matched so that a comment mark inside one is not taken for a comment.
const STRING_OR_COMMENT =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`|\/\/[^\n]*|\/\*[^]*?\*\//g;

const IMPORT = new RegExp(
  [
    /(?:^|;)\s*(?:import|export)\s(?<type>type\s)?[^;"'()]*?\bfrom\s*"(?<from>[^"]+)"/,
    /(?:^|;)\s*import\s*"(?<bare>[^"]+)"/,
    /\bimport\(\s*"(?<dynamic>[^"]+)"/,
  ].map((pattern) => pattern.source).join("|"),
  "gm",
);

/** Lists a file's static, type-only and dynamic imports, in order. */
export function listImports(source: string): Import[] {
  const code = source.replace(STRING_OR_COMMENT, (text) => /^[/`]/.test(text) ? "" : text);
  return Array.from(code.matchAll(IMPORT), ({ groups = {} }) => ({
    specifier: groups.from ?? groups.bare ?? groups.dynamic,
    type: groups.type !== undefined,
  }));
}

/**
 * Checks every file against the table of rooms.
 *
 * @param files source text by path: `mod.ts`, `lib/errors.ts`, `lib/wasm/bytes.ts` …
 * @param rooms by room: `mod`, `errors` (one file), `wasm` (a folder) …
 * @returns one line for each wrong arrow, cycle or name; empty when all is well
 */
export function checkRooms(files: ReadonlyMap<string, string>, rooms: Rooms): string[] {
  const problems: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [path, source] of files) {
    const room = rooms[roomOf(path)];
    if (room === undefined) {
      problems.push(`${path}: no room "${roomOf(path)}" in the table`);
      continue;
    }
    const targets: string[] = [];
    for (const { specifier, type } of listImports(source)) {
      const relative = /^\.{1,2}\//.test(specifier);
      const target = relative ? new URL(specifier, `file:///${path}`).pathname.slice(1) : specifier;
      if (relative && !files.has(target)) problems.push(`${path}: imports ${target}, not a file`);
      if (relative) targets.push(target);
      if (relative && roomOf(target) === roomOf(path)) continue;
      if (!mayImport(room, target, relative, type)) {
        problems.push(`${path}: must not import ${type ? "types of " : ""}${target}`);
      }
    }
    graph.set(path, targets);
    const code = source.replace(STRING_OR_COMMENT, "");
    for (const [name, pattern] of Object.entries(NAMES)) {
      if (pattern.test(code) && !room.names?.includes(name)) {
        problems.push(`${path}: must not name ${name}`);
      }
    }
  }
  const cycle = findCycle(graph);
  if (cycle) problems.push(`import cycle: ${cycle.join(" → ")}`);
  return problems;
}

/** `mod.ts` → `mod`, `lib/errors.ts` → `errors`, `lib/wasm/bytes.ts` → `wasm`. */
function roomOf(path: string): string {
  return path.replace(/^lib\//, "").replace(/\/.*|\.ts$/, "");
}

function mayImport(room: Room, target: string, relative: boolean, type: boolean): boolean {
  const names = relative
    ? [roomOf(target), target.replace(/^lib\//, "")]
    : [target.startsWith("node:") ? "node:" : target];
  return names.some((name) =>
    room.imports.includes(name) || (type && room.imports.includes(`type ${name}`))
  );
}

/** The first cycle that a depth-first walk meets, its first file repeated at its end. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const target of graph.get(path) ?? []) {
      const cycle = visit(target, [...trail, path]);
      if (cycle) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of graph.keys()) {
    const cycle = visit(path, []);
    if (cycle) return cycle;
  }
  return undefined;
}
