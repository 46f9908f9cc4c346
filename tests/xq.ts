import { meterModule } from "../lib/wasm/meter.ts";
import { wat } from "./support/wat.ts";
import { attachTank } from "./support/refuel.ts";
const N=13;
const b = await wat(`(module (global $g (mut i32) (i32.const 0)) (func (export "f") (result i32) call $g0 global.get $g)
 ${Array.from({length:N},(_, i)=>`(func $g${i} call $g${i+1} call $g${i+1} call $g${i+1} call $g${i+1})`).join("\n")}
 (func $g${N} global.get $g i32.const 1 i32.add global.set $g))`);
const {bytes, abi}=meterModule(b,{memory:"own"});
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
const t = attachTank(exports, abi, 1000, 100000n); let r; try { r=(exports.f as any)(); } catch (e) { r=(e as Error).message } console.log(r, t.burnt);
