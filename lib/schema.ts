import type { z } from "zod";
import { type Issue, quote } from "./errors.ts";

/**
 * Any zod schema that takes an `Input` and makes an `Output` of it.
 *
 * @internal The one name through which public types refer to zod: `deno doc --lint` takes the types
 * of an npm package for private ones of ours, wherever they are named.
 */
export type Schema<Output = unknown, Input = unknown> = z.ZodType<Output, Input>;

/** A schema's own description of what is wrong, as far as {@linkcode toIssues} reads it. */
export interface SchemaIssue {
  /** The keys that lead to it. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  /** What was expected. */
  readonly message: string;
  /** The offending keys, in an issue about keys that the schema does not know. */
  readonly keys?: readonly string[];
}

/**
 * The issues of a zod error with their paths as text. Keys that the schema does not know become one
 * issue each. At most `most` come back, so that the sender of a bad value cannot make us send more.
 */
export function toIssues(found: readonly SchemaIssue[], most = Infinity): Issue[] {
  const issues: Issue[] = [];
  for (const { path = [], message, keys } of found) {
    const at = path.map((part) => (typeof part === "object" ? part.key : part));
    const each = keys === undefined
      ? [{ path: pathText(at), message }]
      : keys.slice(0, most).map((key) => ({
        path: pathText([...at, key]),
        message: "unknown key",
      }));
    for (const issue of each) {
      if (issues.length >= most) return issues;
      issues.push(issue);
    }
  }
  return issues;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((part, index) => {
    if (typeof part === "number") return `[${part}]`;
    const key = String(part);
    if (!/^[\w$-]{1,64}$/.test(key)) return `[${quote(key)}]`;
    return index === 0 ? key : `.${key}`;
  }).join("");
}

/** `limits.fuel: expected …`, as one line. */
export function issueText({ path, message }: Issue): string {
  return path === "" ? message : `${path}: ${message}`;
}
