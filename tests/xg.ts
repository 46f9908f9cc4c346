import { binaryenModule } from "./fuzz/wasm_opt.ts";
import { compareModule } from "./fuzz/compare.ts";
import { Random } from "./fuzz/random.ts";
import { writeFileSync } from "node:fs";
const c: any={}; let bad=0; let tg=0,tc=0;
for (let i=0;i<100;i++) {
  let t=performance.now();
  const b=await binaryenModule(new Random(1,i)); tg+=performance.now()-t; t=performance.now();
  const v=compareModule(b); tc+=performance.now()-t;
  c[v.status]=(c[v.status]??0)+1;
  if (v.problem) console.log(i, v.problem.slice(0,300));
  if (v.status==="invalid" && bad++<5) try { new WebAssembly.Module(b) } catch (e) { console.log(e.message.slice(0,150)) }
}
console.log(c,tg|0,tc|0);
