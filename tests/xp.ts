import { readFileSync } from "node:fs";
import { parseModule } from "../lib/wasm/module.ts";
import { Reader } from "../lib/wasm/bytes.ts";
import { readOpcode, skipImmediates, skipValueType } from "../lib/wasm/opcodes.ts";
const b = new Uint8Array(readFileSync(process.argv[2]));
const m = parseModule(b);
console.log("imports", m.imports.map(x=>x.kind+" "+x.name).join(", "), "exports", JSON.stringify(m.exports));
const nf = m.functionCount - m.bodies.starts.length;
m.bodies.starts.forEach((s,i)=>{ const r=new Reader(b,s,m.bodies.ends[i]); for(let g=r.u32();g>0;g--){r.u32();skipValueType(r);} 
 console.log("func", nf+i, (m.types[m.functionTypes[i]] as any).signature); let d=1; while(!r.done){const o=r.pos; const op=readOpcode(r); const p=r.pos; skipImmediates(r,op); if(["end","else","catch","delegate","catch_all"].includes(op.control!)) d--; console.log("  ".repeat(d), op.name, [...b.slice(p,r.pos)].map(x=>x.toString(16)).join(" ")); if(["block","loop","if","try","try_table","else","catch","catch_all"].includes(op.control!)) d++; } });
