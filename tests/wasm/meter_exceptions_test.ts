import { returned, testRows, thrown } from "../support/meter_rows.ts";
import { wat } from "../support/wat.ts";

/** `$throws` throws `$none` for 3, `$e` with its parameter if that is less and not 0, and else adds 10; so does `$may`, with a loop. */
const thrower = `(tag $e (export "e") (param i32)) (tag $none (export "none"))
  (func $throws (param i32) (result i32)
    local.get 0 i32.eqz if i32.const 10 return end
    local.get 0 i32.const 3 i32.lt_s if local.get 0 throw $e end
    local.get 0 i32.const 3 i32.eq if throw $none end
    local.get 0 i32.const 10 i32.add)
  (func $may (param i32) (result i32) (local i32)
    loop local.get 1 i32.const 1 i32.add local.tee 1 i32.const 3 i32.lt_u br_if 0 end
    local.get 0 i32.const 2 i32.eq if local.get 0 throw $e end
    local.get 0 call $throws)`;

/** A host function that throws, of which the guest does not know the tag. */
const host = () => ({
  host: {
    fail(x: number) {
      if (x === 4) throw new Error("failed");
    },
  },
});

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
