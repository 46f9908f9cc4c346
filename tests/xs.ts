import { binaryenModule } from "./fuzz/wasm_opt.ts";
import { compareModule } from "./fuzz/compare.ts";
import { Random } from "./fuzz/random.ts";
import { shrink } from "./fuzz/shrink.ts";
import { toWat } from "./support/wat.ts";
import binaryen from "binaryen";
import { writeFileSync } from "node:fs";
for (const i of process.argv.slice(2).map(Number)) {
  const b=await binaryenModule(new Random(1,i));
  const v=compareModule(b);
  const cat=v.problem?.split(":")[0];
  console.log(v);
  let n=0;
  const s=shrink(b, (x)=>{ n++; try { return compareModule(x).problem?.split(":")[0]===cat; } catch { return false; } }, performance.now()+60000);
  console.log(b.length, s.length, n, compareModule(s));
  writeFileSync("/tmp/fz/s"+i+".wasm", s);
  console.log(await toWat(s));
}
