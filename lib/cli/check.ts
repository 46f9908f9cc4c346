import { printable } from "../errors.ts";
import { examine } from "./examine.ts";
import { EXIT, type Io } from "./io.ts";

/**
 * Says whether a plugin loads and is granted what its module asks for.
 *
 * @returns the exit code: ok for yes, failed for no
 */
export async function check(manifest: string, io: Io): Promise<number> {
  const { demands, module, refusal } = await examine(manifest);
  const reasons = demands.filter(({ refused }) => refused).map(({ name, asked }) =>
    `allow.${name} is not granted, and the module imports ${asked.join(", ")}`
  );
  if (refusal) reasons.unshift(`${refusal.message} (${refusal.code})`);
  else if (module === undefined) reasons.push("its module cannot be read a second time");
  io.stdout(reasons.length === 0 ? "yes\n" : `no\n`);
  for (const reason of reasons) io.stderr(`  ${printable(reason)}\n`);
  return reasons.length === 0 ? EXIT.ok : EXIT.failed;
}
