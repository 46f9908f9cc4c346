import { manifestJsonSchema } from "../manifest.ts";

/** The JSON Schema of manifests as the text of `manifests/manifest.schema.json`. */
export function schema(): string {
  return JSON.stringify(manifestJsonSchema(), null, 2) + "\n";
}
