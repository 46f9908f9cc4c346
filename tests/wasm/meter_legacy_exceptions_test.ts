import { returned, testRows, thrown } from "../support/meter_rows.ts";
import { host, thrower } from "../support/thrower.ts";
import { wat } from "../support/wat.ts";

testRows("meter: legacy exceptions", wat, [
  {
    name: "try, catch and catch_all in loops, with branches out of each part",
    text: `(import "host" "fail" (func $fail (param i32)))
      ${thrower}
      (func (export "f") (param i32) (result i32) (local $sum i32)
        block $out
          loop $outer
            loop $inner
              try (result i32)
                local.get 0 call $may
                local.get 0 call $fail
                local.get 0 i32.const 8 i32.eq br_if $out
              catch $e
                i32.const 100 i32.add
                local.get 0 i32.const 1 i32.sub local.tee 0 br_if $inner
              catch_all
                local.get $sum i32.const 1000 i32.add local.set $sum
                local.get 0 i32.const 1 i32.sub local.tee 0
                i32.const 3 i32.eq br_if $outer
                i32.const 0
              end
              local.get $sum i32.add local.set $sum
            end
            local.get 0 i32.const 1 i32.sub local.tee 0
            i32.const 0 i32.gt_s br_if $outer
          end
        end
        local.get $sum)`,
    imports: host,
    calls: [[[1], returned(101), 66], [[5], returned(2116), 257], [[10], returned(39), 178]],
  },
  {
    name: "rethrow and delegate across loops",
    text: `${thrower}
      (func (export "f") (param i32) (result i32) (local $sum i32)
        loop $again
          try $outer
            loop
              try $middle
                loop
                  try
                    local.get 0 call $may drop
                    local.get 0 i32.const 5 i32.gt_s br_if 2
                  delegate $outer
                  try
                    local.get 0 i32.const 2 i32.sub call $may drop
                  catch $e
                    local.get $sum i32.add local.set $sum
                    loop rethrow 1 end
                  end
                end
              catch_all
                local.get $sum i32.const 10 i32.add local.set $sum
              end
              local.get 0 i32.const 1 i32.sub local.tee 0
              i32.const 3 i32.gt_s br_if 0
            end
          catch_all
            local.get $sum i32.const 100 i32.add local.set $sum
            local.get $sum i32.const 500 i32.gt_s
            if
              loop rethrow 2 end
            end
          end
          local.get 0 i32.const 1 i32.sub local.tee 0
          br_if $again
        end
        local.get $sum)`,
    calls: [
      [[1], returned(100), 64],
      [[5], returned(222), 331],
      [[8], returned(222), 505],
      [[-1], thrown("e", -6), 369],
    ],
  },
  {
    name: "delegate to the function, from loops",
    text: `${thrower}
      (func (export "f") (param i32) (result i32)
        try
          loop
            try
              local.get 0 call $may drop
            delegate 2
            local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
          end
        catch_all
          i32.const 1 return
        end
        i32.const 2)`,
    calls: [[[0], thrown("e", -1), 100], [[5], thrown("none"), 152]],
  },
  {
    name: "without loops: the dearest path",
    text: `${thrower}
      (func (export "f") (param i32) (result i32) (local $sum i32)
        try (result i32)
          i32.const 1 drop
          try (result i32)
            local.get 0 call $throws
            i32.const 2 i32.add
          catch $e
            local.get 0 i32.const 2 i32.eq if rethrow 1 end
            i32.const 5 i32.add i32.const 6 i32.add
          end
          try
            local.get 0 call $throws drop i32.const 3 drop
          delegate 0
        catch $none
          i32.const 50
        catch_all
          i32.const 60 i32.const 7 i32.add i32.const 8 i32.add
        end
        i32.const 1 i32.add)`,
    calls: [
      [[0], returned(13), 60],
      [[1], returned(76), 60],
      [[2], returned(76), 45],
      [[3], returned(51), 45],
    ],
  },
  {
    name: "without loops: a try without handlers, and one that is not reached",
    text: `${thrower}
      (func (export "f") (param i32) (result i32)
        try
          try local.get 0 call $throws drop end
          br 0
          try i32.const 1 drop i32.const 1 drop catch_all i32.const 1 drop i32.const 1 drop end
        catch_all
          i32.const 7 return
        end
        i32.const 8)`,
    calls: [[[0], returned(8), 23], [[1], returned(7), 23]],
  },
]);
