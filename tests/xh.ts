import { Writer } from "../lib/wasm/bytes.ts";
import { meterModule } from "../lib/wasm/meter.ts";
function rep(n:number,unit:number[]){const b=new Uint8Array(n*unit.length);for(let i=0;i<b.length;i+=unit.length)b.set(unit,i);return b;}
function mod(types:number[][], fns:{type:number, body:(w:Writer)=>void}[]|{n:number,body:number[]}, extra?:(w:Writer)=>void){
 const out=new Writer(); out.bytes([0,0x61,0x73,0x6d,1,0,0,0]);
 const t=new Writer(); t.u32(types.length); types.forEach(x=>t.bytes(x)); out.section(1,t);
 const f=new Writer(), c=new Writer();
 if (Array.isArray(fns)) { f.u32(fns.length); c.u32(fns.length); for (const x of fns) { f.u32(x.type); const b=new Writer(); x.body(b); c.sized(b);} }
 else { f.u32(fns.n); c.u32(fns.n); const b=new Writer(); b.bytes(fns.body); for (let i=0;i<fns.n;i++){ f.u8(0); c.sized(b);} }
 out.section(3,f); extra?.(out); out.section(10,c); return out.finish(); }
const T=[[0x60,0,0]];
function time(name:string, make:(n:number)=>Uint8Array<ArrayBuffer>, ns:number[]) {
 const r=ns.map(n=>{ const b=make(n); let best=Infinity, v=0,msg=""; for(let i=0;i<3;i++){ const t=performance.now(); const ok=WebAssembly.validate(b); v=performance.now()-t; const t1=performance.now(); try { const m=meterModule(b,{memory:"own"}); msg=ok+"/"+(best===Infinity?WebAssembly.validate(m.bytes):msg.split("/")[1]); } catch(e){msg=ok+" "+(e as Error).message.slice(0,80)} best=Math.min(best,performance.now()-t1);} return `${n}: ${b.length}B validate ${v|0} meter ${best|0} ms ${msg}`;});
 console.log(name); for (const x of r) console.log("   ",x);
}
time("functions", n=>mod(T,{n,body:[0,0x0b]}), [100000,400000,999990,1000000]);
time("long body", n=>mod(T,[{type:0,body:w=>{w.u8(0);w.bytes(rep(n,[0x41,1,0x1a]));w.u8(0xb)}}]), [100000,400000,1600000,2500000]);
time("blocks", n=>mod(T,[{type:0,body:w=>{w.u8(0);w.bytes(rep(n,[0x02,0x40]));w.bytes(rep(n,[0x0b]));w.u8(0xb)}}]), [10000,40000,160000,640000]);
time("loops", n=>mod(T,[{type:0,body:w=>{w.u8(0);w.bytes(rep(n,[0x03,0x40]));w.bytes(rep(n,[0x0b]));w.u8(0xb)}}]), [10000,40000,160000,]);
time("tries", n=>mod(T,[{type:0,body:w=>{w.u8(0);w.bytes(rep(n,[0x06,0x40]));w.bytes(rep(n,[0x19,0x0b]));w.u8(0xb)}}]), [10000,40000,160000]);
time("try_table", n=>mod(T,[{type:0,body:w=>{w.u8(0);w.bytes(rep(n,[0x1f,0x40,1,2,0]));w.bytes(rep(n,[0x0b]));w.u8(0xb)}}]), [10000,40000,160000]);
time("try_table catches", n=>mod(T,[{type:0,body:w=>{w.u8(0);w.bytes([0x1f,0x40]); w.u32(n); w.bytes(rep(n,[2,0]));w.u8(0xb); w.u8(0xb)}}]), [10000,40000]);
time("calls in tries", n=>mod(T,[{type:0,body:w=>{w.u8(0);w.bytes(rep(n,[0x1f,0x40,1,2,0,0x10,0]));w.bytes(rep(n,[0x0b]));w.u8(0xb)}}]), [10000,40000,160000]);
time("loops with br out", n=>mod(T,[{type:0,body:w=>{w.u8(0);w.bytes(rep(n,[0x03,0x40]));for(let i=0;i<n;i++){w.bytes([0x41,0,0x0d]);w.u32(n-1-i);w.u8(0x0b)};w.u8(0xb)}}]), [10000,40000,160000]);
time("br_table", n=>mod(T,[{type:0,body:w=>{w.u8(0);w.bytes([3,0x40,3,0x40,0x41,0,0x0e]);w.u32(n); w.bytes(rep(n,[1])); w.bytes([2,0x0b,0x0b,0x0b])}}]), [10000,40000,65000]);
time("br_tables", n=>mod(T,[{type:0,body:w=>{w.u8(0);w.bytes([3,0x40,3,0x40]); const u=[0x41,0,0x0e,100,...Array(100).fill(1),1]; w.bytes(rep(n,u)); w.bytes([0x0b,0x0b,0x0b])}}]), [1000,10000,40000]);
time("locals", n=>mod(T,[{type:0,body:w=>{w.u32(n); w.bytes(rep(n,[1,0x7f])); w.u8(0xb)}}]), [10000,49999,50000]);
time("locals+loop", n=>mod(T,[{type:0,body:w=>{w.u32(1); w.u32(n); w.bytes([0x7f,3,0x40,0xb]); w.u8(0xb)}}]), [49998,49999,50000]);
time("types", n=>{const out=new Writer(); out.bytes([0,0x61,0x73,0x6d,1,0,0,0]); const t=new Writer(); t.u32(n); t.bytes(rep(n,[0x60,1,0x7f,0])); out.section(1,t); return out.finish();}, [100000,400000,1000000]);
time("customs", n=>{const out=new Writer(); out.bytes([0,0x61,0x73,0x6d,1,0,0,0]); out.bytes(rep(n,[0,2,1,0x61])); return out.finish();}, [100000,400000,1600000]);
time("calls", n=>mod(T,[{type:0,body:w=>{w.u8(0);w.bytes(rep(n,[0x10,1]));w.u8(0xb)}},{type:0,body:w=>{w.bytes([0,0xb])}}]), [100000,400000,1600000]);
time("ifs", n=>mod(T,[{type:0,body:w=>{w.u8(0);w.bytes(rep(n,[0x41,0,0x04,0x40,0x05]));w.bytes(rep(n,[0x0b]));w.u8(0xb)}}]), [10000,40000,160000]);
