import { controlModule } from "./fuzz/control.ts";
import { compareModule } from "./fuzz/compare.ts";
import { Random } from "./fuzz/random.ts";
import { writeFileSync } from "node:fs";
const c: any={}; let bad=0; let tg=0,tc=0, size=0;
const N=Number(process.argv[2]??300), S=Number(process.argv[3]??1);
for (let i=0;i<N;i++) {
  let t=performance.now(); let b;
  try { b=await controlModule(new Random(S,i)); } catch (e) { if (bad++<3) console.log((e as Error).message.slice(0,800)); c.wabt=(c.wabt??0)+1; continue; } tg+=performance.now()-t; t=performance.now(); size+=b.length;
  const v=compareModule(b); tc+=performance.now()-t;
  c[v.status]=(c[v.status]??0)+1;
  if (v.problem) { console.log(i, v.problem.slice(0,300)); writeFileSync("/tmp/fz/c"+i+".wasm", b); }
  if (v.status==="invalid" && bad++<5) try { new WebAssembly.Module(b) } catch (e) { console.log((e as Error).message.slice(0,150)) }
}
console.log(c,tg|0,tc|0, size/N|0);
