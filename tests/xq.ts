import { meterModule } from "../lib/wasm/meter.ts";
import { wat } from "./support/wat.ts";
import { writeFileSync } from "node:fs";
import { attachTank } from "./support/refuel.ts";
const b = await wat(`(module 
 (func $inv (export "f") f32.const 0 call $mid)
 (func $mid (param f32) local.get 0 call $leaf drop)
 (func $leaf (param f32) (result f32) local.get 0 f32.const 0 local.get 0 local.get 0 f32.eq select))`);
const {bytes, abi}=meterModule(b,{memory:"own"});
writeFileSync("/tmp/fz/m.wasm", bytes);
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
for (const r of [1000]) { const t = attachTank(exports, abi, r); (exports.f as any)(); console.log(t.burnt); }
