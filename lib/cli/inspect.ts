import { LoadError, printable } from "../errors.ts";
import type { Manifest } from "../manifest.ts";
import { type Import, type Memory, type Module, SECTION } from "../wasm/module.ts";
import { type Examination, examine } from "./examine.ts";
import { listFeatures } from "./features.ts";
import { columns, EXIT, type Io } from "./io.ts";

type Rows = (readonly string[])[];

/** What is shown of a module, by title; what has no rows is left out. A module on its own has no manifest. */
const SECTIONS: Readonly<Record<string, (module: Module, examination: Examination) => Rows>> = {
  module: ({ bytes, functionCount }) => [[`${bytes.length} bytes, ${functionCount} functions`]],
  imports: (module) =>
    module.imports.map((it) => [`${it.module} ${it.name}`, describeImport(module, it)]),
  exports: ({ exports }) => exports.map(({ name, kind }) => [name, kind]),
  memory: ({ imports, memories }, { manifest }) =>
    [...imports.flatMap(({ memory }) => memory ?? []), ...memories].map((memory) => [
      describeMemory(memory),
      manifest ? `limit: ${manifest.limits.memoryPages} pages` : "",
    ]),
  "features used": (module) => featuresOf(module).map((feature) => [feature]),
  "custom sections": ({ sections }) =>
    sections.filter(({ id }) => id === SECTION.custom)
      .map(({ name = "", body, end }) => [name, `${end - body} bytes`]),
  "asked for and granted": (_module, { demands, manifest }) =>
    demands.map(({ name, asked, granted }) => [
      name,
      asked.join(", ") || "-",
      manifest ? `granted: ${granted}` : "",
    ]),
  "host methods granted": (_module, { manifest }) =>
    manifest ? [[manifest.allow.methods.join(", ") || "none"]] : [],
};

/**
 * Shows what a module imports, exports and uses, and what it asks for against what it is granted.
 *
 * @returns the exit code: usage when there is no module to show, ok even for one that does not load
 */
export async function inspect(file: string, io: Io): Promise<number> {
  const examination = await examine(file);
  const { manifest, module, refusal } = examination;
  const show = (title: string, rows: Rows) => {
    const lines = columns(rows.map((row) => ["", ...row.map(printable)]));
    if (rows.length > 0) io.stdout(`${title}\n${lines}`);
  };
  if (manifest) show("plugin", [[describePlugin(manifest)]]);
  show("loads", [[refusal ? `no: ${refusal.message} (${refusal.code})` : "yes"]]);
  if (module === undefined) return EXIT.usage;
  for (const [title, rows] of Object.entries(SECTIONS)) show(title, rows(module, examination));
  return EXIT.ok;
}

function featuresOf(module: Module): string[] {
  try {
    return listFeatures(module);
  } catch (error) {
    if (error instanceof LoadError) return [`not known: ${error.message}`];
    throw error;
  }
}

function describePlugin({ name, version, description }: Manifest): string {
  return [name, version, description].filter(Boolean).join(", ");
}

function describeImport({ types }: Module, { kind, type, memory }: Import): string {
  if (memory) return `memory of ${describeMemory(memory)}`;
  const found = type === undefined ? undefined : types[type];
  return found?.kind === "func" ? found.signature : kind;
}

function describeMemory({ minimum, maximum, shared, is64 }: Memory): string {
  const size = maximum === undefined
    ? `${minimum} pages or more`
    : `${minimum} to ${maximum} pages`;
  return size + (shared ? ", shared" : "") + (is64 ? ", 64-bit" : "");
}
