/**
 * Figures as a table for a README.
 *
 * @module
 */
import type { Row } from "./bench.ts";

/**
 * A line for each thing measured and a column for each figure; where runtimes differ, their figures in order.
 *
 * @param figures each as all runtimes have measured it, with names like `thing.figure`
 */
export function markdownTable(figures: Iterable<readonly Row[]>): string {
  const lines = new Map<string, Map<string, string>>();
  const columns = new Set<string>();
  for (const rows of figures) {
    const [figure, thing = ""] = rows[0].name.split(".").reverse();
    const column = `${figure.replaceAll("_", " ")}, ${rows[0].unit}`;
    columns.add(column);
    if (!lines.has(thing)) lines.set(thing, new Map());
    // What must be equal has a row of the ordinary table that says whether it is.
    const shown = rows[0].exact ? rows.slice(0, 1) : rows;
    lines.get(thing)!.set(column, shown.map(text).join(" / "));
  }
  const table = [["", ...columns], ["---", ...Array.from(columns, () => "---:")]];
  for (const [thing, cells] of lines) {
    table.push([`\`${thing}\``, ...Array.from(columns, (column) => cells.get(column) ?? "")]);
  }
  return table.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function text({ value, exact }: Row): string {
  return (exact ? value : Number(value.toPrecision(2))).toLocaleString("en");
}
