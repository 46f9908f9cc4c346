import { returned, testRows, thrown } from "../support/meter_rows.ts";
import { host, thrower } from "../support/thrower.ts";
import { wat } from "../support/wat.ts";

testRows("meter: exceptions that nothing catches", wat, [
  {
    name: "thrown from loops, and through them",
    text: `${thrower}
      (func (export "f") (param i32) (result i32)
        loop
          local.get 0 call $may drop
          local.get 0 i32.const 1 i32.sub local.tee 0
          br_if 0
        end
        i32.const 9)`,
    calls: [
      [[1], thrown("e", 1), 46],
      [[2], thrown("e", 2), 31],
      [[6], thrown("none"), 196],
      [[0], thrown("e", -1), 96],
    ],
  },
  {
    name: "thrown in a loop that branches out of others",
    text: `(tag $e (export "e") (param i32))
      (func (export "f") (param i32)
        loop
          loop
            local.get 0 i32.const 5 i32.gt_u if local.get 0 throw $e end
            local.get 0 i32.const 1 i32.add local.tee 0 i32.const 3 i32.rem_u br_if 0
            br 1
          end
        end)`,
    calls: [[[0], thrown("e", 6), 75]],
  },
  {
    name: "thrown by one callee, so that others are not called",
    text: `${thrower}
      (func $two (param i32) (result i32) local.get 0 call $throws call $throws)
      (func (export "f") (param i32) (result i32)
        local.get 0 call $two
        local.get 0 i32.const 4 i32.eq if i32.const 1 call $throws drop end
        local.get 0 i32.const 2 i32.mul call $two i32.add)`,
    calls: [
      [[0], returned(40), 82],
      [[1], thrown("e", 1), 33],
      [[4], thrown("e", 1), 63],
      [[-7], thrown("e", -7), 33],
    ],
  },
  {
    name: "thrown without a loop anywhere",
    text: `${thrower}
      (func (export "f") (param i32) (result i32)
        local.get 0 call $throws i32.const 1 i32.add i32.const 2 i32.add)`,
    calls: [
      [[0], returned(13), 22],
      [[1], thrown("e", 1), 22],
      [[3], thrown("none"), 22],
      [[9], returned(22), 22],
    ],
  },
]);

testRows("meter: try_table", wat, [
  {
    name: "each kind of clause, to labels across loops",
    text: `(import "host" "fail" (func $fail (param i32)))
      ${thrower}
      (func (export "f") (param i32) (result i32) (local $sum i32) (local $ref exnref)
        block $done
          loop $outer
            block $all_ref (result exnref)
              block $all
                block $ref (result i32 exnref)
                  block $tag (result i32)
                    loop $inner (result i32)
                      try_table (result i32)
                          (catch $e $tag) (catch_ref $e $ref) (catch_all_ref $all_ref)
                        local.get 0 call $may
                        local.get 0 call $fail
                      end
                      local.get $sum i32.add local.set $sum
                      local.get 0 i32.const 1 i32.sub local.tee 0
                      i32.const 6 i32.gt_s br_if $inner
                      i32.const 50
                    end
                  end
                  local.get $sum i32.add local.set $sum
                  br $all
                end
                drop local.get $sum i32.add local.set $sum
              end
              local.get $sum i32.const 1000 i32.add local.set $sum
              local.get 0 i32.const 1 i32.sub local.tee 0
              i32.const 0 i32.gt_s br_if $outer
              br $done
            end
            local.set $ref
            local.get $sum i32.const 100 i32.add local.set $sum
            local.get 0 i32.const 1 i32.sub local.tee 0
            i32.const 0 i32.gt_s br_if $outer
          end
        end
        local.get $sum)`,
    imports: host,
    calls: [[[9], returned(4272), 432], [[4], returned(2203), 228], [[1], returned(1001), 64]],
  },
  {
    name: "catch_ref, catch_all and throw_ref",
    text: `${thrower}
      (func (export "f") (param i32) (result i32) (local $ref exnref) (local $count i32)
        loop $again
          block $all
            block $e (result i32 exnref)
              loop
                try_table (catch_ref $e $e) (catch_all $all)
                  local.get 0 call $may drop
                end
                local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
              end
              i32.const -1 return
            end
            local.set $ref drop
            local.get $count i32.const 1 i32.add local.tee $count
            i32.const 2 i32.ge_u if local.get $ref throw_ref end
          end
          local.get 0 i32.const 1 i32.sub local.tee 0
          br_if $again
        end
        local.get $count)`,
    calls: [[[1], returned(1), 61], [[2], thrown("e", 1), 101], [[7], thrown("e", 1), 356]],
  },
  {
    name: "clauses to the head of a loop",
    text: `${thrower}
      (func (export "f") (param i32) (result i32)
        local.get 0
        loop $retry (param i32)
          i32.const 1 i32.add local.set 0
          try_table (catch $e $retry)
            local.get 0 call $may drop
            i32.const -1 local.get 0 i32.const 3 i32.gt_s br_if 2 drop
            local.get 0 br $retry
          end
          unreachable
        end
        unreachable)`,
    calls: [[[0], thrown("none"), 134], [[5], returned(-1), 56], [[-3], thrown("none"), 288]],
  },
  {
    name: "clauses to the function's own label, with and without loops",
    text: `${thrower}
      (func $straight (param i32)
        try_table (catch_all 0) local.get 0 call $throws drop end
        i32.const 1 i32.const 2 i32.add drop)
      (func (export "f") (param i32)
        loop
          local.get 0 call $straight
          try_table (catch_all 1) local.get 0 call $may drop end
          local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
        end)`,
    calls: [[[0], returned(), 146], [[2], returned(), 56], [[6], returned(), 296]],
  },
  {
    name: "code after a loop that only a clause leads back to",
    text: `${thrower}
      (func (export "f") (param i32) (result i32)
        loop $retry
          try_table (catch_all $retry)
            local.get 0 i32.const 1 i32.add local.tee 0
            call $may return
          end
          unreachable
        end
        i32.const 1 i32.const 2 i32.add drop
        unreachable)`,
    calls: [[[0], returned(14), 182], [[3], returned(14), 50]],
  },
  {
    name: "without loops: the dearest path lands from the dearest point",
    text: `${thrower}
      (func (export "f") (param i32) (result i32)
        block $out
          block $e (result i32)
            try_table (catch $e $e) (catch_all $out)
              i32.const 1 drop
              try_table (catch $none $out)
                local.get 0 call $throws drop
                i32.const 2 i32.const 3 i32.add drop
              end
              local.get 0 i32.const 7 i32.eq br_if $out
              i32.const 4 drop
            end
            i32.const 20 return
          end
          i32.const 100 i32.add
          return
        end
        i32.const 30)`,
    calls: [
      [[1], returned(101), 31],
      [[3], returned(30), 31],
      [[7], returned(30), 31],
      [[8], returned(20), 31],
    ],
  },
  {
    name: "without loops: where nothing can be thrown, and where nothing is reached",
    text: `(func (export "f") (param i32) (result i32)
      block
        try_table (catch_all 0) end
        local.get 0 if i32.const 3 return end
        i32.const 1 return
        try_table (catch_all 0) i32.const 1 drop i32.const 1 drop end
      end
      i32.const 5)`,
    calls: [[[0], returned(1), 5], [[1], returned(3), 5]],
  },
]);
