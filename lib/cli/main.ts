/**
 * The command line: call, check and inspect plugins, and meter modules.
 *
 * @example
 * ```sh
 * deno run -A jsr:@wasm-plugin/rt/cli call manifests/test-plugin.json prime_sieve 1000 --report
 * ```
 *
 * @module
 */
import process from "node:process";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EXACT_JSON } from "../call/exact_json.ts";
import { call } from "./call.ts";
import { check } from "./check.ts";
import { inspect } from "./inspect.ts";
import { EXIT, explain, type Io } from "./io.ts";
import { meter } from "./meter.ts";
import { schema } from "./schema.ts";

export type { Io };

/**
 * Runs the command line in this process.
 *
 * @param argv what follows the program's name
 * @param io where the output goes
 * @returns the exit code: 0, 1 the call failed, 2 usage or manifest error
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = commands(io, (code) => exitCode = code);
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    // commander has said what is wrong; its exit code is 0 after --help and 1 after a mistake.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    io.stderr(explain(error));
    return EXIT.usage;
  }
}

function commands(io: Io, done: (exitCode: number) => void): Command {
  const program = new Command("plugin")
    .description("Run and examine WebAssembly plugins.")
    .exitOverride()
    .showHelpAfterError("(--help says more)")
    .configureOutput({
      writeOut: (text) => io.stdout(text),
      writeErr: (text) => io.stderr(text),
    });

  program.command("call")
    .description("call a guest method: the result on stdout, logs and the report on stderr")
    .argument("<manifest>", "path or URL of the manifest")
    .argument("<method>", "guest method")
    .argument("[params]", "its params, as JSON", json)
    .option("--report", "print what the call used, as one line of JSON")
    .option("--host <file>", "module whose default export is a record of host methods or a host")
    .option("--timeout <ms>", "end the call after so many milliseconds", positive)
    .option("--fuel <units>", "end the call after so many units of fuel", positive)
    .option("--env <name=value>", "environment variable, repeatable", variable)
    .option("--arg <arg>", "argument, repeatable", append)
    .option("--profile <file>", "write which function burnt what, as speedscope reads it")
    .action(async (manifest, method, params, options) =>
      done(await call(manifest, method, params, options, io))
    );

  program.command("inspect")
    .description("show what a module asks for, and what its manifest grants of it")
    .argument("<file>", "a .wasm file or a manifest")
    .action(async (file) => done(await inspect(file, io)));

  program.command("check")
    .description("exit 0 if the plugin loads and is granted all that its module asks for, else 1")
    .argument("<manifest>", "path or URL of the manifest")
    .action(async (manifest) => done(await check(manifest, io)));

  program.command("meter")
    .description("rewrite a module so that it counts its fuel: the ABI on stdout, as JSON")
    .argument("<in>", "a .wasm file")
    .requiredOption("-o, --output <out>", "where to write the metered module")
    .addOption(
      new Option("--memory <kind>", "make memory 0 an import, or leave memories as they are")
        .choices(["import", "own"]).default("import"),
    )
    .option("--max-pages <pages>", "the imported memory's maximum", positive)
    .action(async (input, options) => done(await meter(input, options, io)));

  program.command("schema")
    .description("print the manifest's JSON Schema")
    .action(() => io.stdout(schema()));

  return program;
}

function json(text: string): unknown {
  try {
    return EXACT_JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`Not JSON: ${(error as Error).message}`);
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError("Not a positive integer.");
  }
  return value;
}

function variable(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("Not NAME=VALUE.");
  return { ...before, [name]: value };
}

function append(text: string, before: string[] = []): string[] {
  return [...before, text];
}

if (import.meta.main) {
  process.exitCode = await run(process.argv.slice(2), {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
  });
}
