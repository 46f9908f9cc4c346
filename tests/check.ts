/**
 * `deno task check`: every check that needs no guest to run. All of them run, whatever fails.
 *
 * @module
 */
const ROOT = new URL("../", import.meta.url);

const CHECKS: readonly (readonly [name: string, ...args: string[]])[] = [
  ["format", "fmt", "--check"],
  ["lint", "lint"],
  // With the code blocks of doc comments and of every Markdown file.
  ["types", "check", "--frozen", "--doc", ".", ...await findMarkdown("")],
  ["docs", "doc", "--lint", "mod.ts", "lib/cli/main.ts"],
  ["imports", "test", "-A", "--no-check", "tests/imports_test.ts"],
  // A dirty tree is git's business, and a working copy need not be a git repository at all.
  ["publish", "publish", "--dry-run", "--allow-dirty"],
];

async function main(): Promise<void> {
  const failed: string[] = [];
  for (const [name, ...args] of CHECKS) {
    console.log(`--- ${name}: deno ${args.join(" ")} ---`);
    const command = new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdin: "null" });
    if (!(await command.spawn().status).success) failed.push(name);
  }
  console.log(failed.length === 0 ? "all checks passed" : `failed: ${failed.join(", ")}`);
  Deno.exitCode = failed.length === 0 ? 0 : 1;
}

async function findMarkdown(directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(`./${directory}`, ROOT))) {
    if (isDirectory && !name.startsWith(".") && name !== "node_modules") {
      found.push(...await findMarkdown(`${directory}${name}/`));
    } else if (name.endsWith(".md")) found.push(directory + name);
  }
  return found;
}

await main();
