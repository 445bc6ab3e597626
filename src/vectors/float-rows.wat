;; Weighted sums of rows of 32-bit floats, in 64 bits. Compiled by npm run build:kernels.
(module
  (memory (export "memory") 1)

  ;; out = scale x SUM over parts of weight x row, each number rounded once; the scale is 1, or what
  ;; gives unit length (0 for zeros).
  (func (export "sum")
    (param $first i32)    ;; address of the rows of part 0, one behind the other
    (param $part i32)     ;; bytes from one part to the next
    (param $weights i32)  ;; address of 64-bit weights by part, behind which lies room for dim 64-bit numbers
    (param $end i32)      ;; of the weights
    (param $rows i32)     ;; 1 or more
    (param $dim i32)      ;; a multiple of 8
    (param $unit i32)     ;; not 0: to unit length
    (param $out i32)      ;; address of the first row
    (local $at i32) (local $weight i32) (local $sum i32) (local $outEnd i32) (local $scale f64)
    (local $w v128) (local $a v128) (local $b v128) (local $c v128) (local $e v128)
    (local $aa v128) (local $bb v128) (local $cc v128) (local $ee v128)
    (loop $eachRow
      (local.set $outEnd (i32.add (local.get $out) (i32.shl (local.get $dim) (i32.const 2))))
      (local.set $sum (local.get $end))
      (local.set $aa (v128.const i64x2 0 0))
      (local.set $bb (v128.const i64x2 0 0))
      (local.set $cc (v128.const i64x2 0 0))
      (local.set $ee (v128.const i64x2 0 0))
      (loop $blocks
        (local.set $at (local.get $first))
        (local.set $weight (local.get $weights))
        (local.set $a (v128.const i64x2 0 0))
        (local.set $b (v128.const i64x2 0 0))
        (local.set $c (v128.const i64x2 0 0))
        (local.set $e (v128.const i64x2 0 0))
        (loop $parts
          (local.set $w (v128.load64_splat (local.get $weight)))
          (local.set $a (f64x2.add (local.get $a)
            (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero offset=0 (local.get $at))))))
          (local.set $b (f64x2.add (local.get $b)
            (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $at))))))
          (local.set $c (f64x2.add (local.get $c)
            (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero offset=16 (local.get $at))))))
          (local.set $e (f64x2.add (local.get $e)
            (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero offset=24 (local.get $at))))))
          (local.set $at (i32.add (local.get $at) (local.get $part)))
          (local.set $weight (i32.add (local.get $weight) (i32.const 8)))
          (br_if $parts (i32.lt_u (local.get $weight) (local.get $end))))
        (v128.store offset=0 (local.get $sum) (local.get $a))
        (v128.store offset=16 (local.get $sum) (local.get $b))
        (v128.store offset=32 (local.get $sum) (local.get $c))
        (v128.store offset=48 (local.get $sum) (local.get $e))
        (local.set $aa (f64x2.add (local.get $aa) (f64x2.mul (local.get $a) (local.get $a))))
        (local.set $bb (f64x2.add (local.get $bb) (f64x2.mul (local.get $b) (local.get $b))))
        (local.set $cc (f64x2.add (local.get $cc) (f64x2.mul (local.get $c) (local.get $c))))
        (local.set $ee (f64x2.add (local.get $ee) (f64x2.mul (local.get $e) (local.get $e))))
        (local.set $sum (i32.add (local.get $sum) (i32.const 64)))
        (local.set $first (i32.add (local.get $first) (i32.const 32)))
        (br_if $blocks (i32.lt_u (local.get $sum)
          (i32.add (local.get $end) (i32.shl (local.get $dim) (i32.const 3))))))
      (local.set $scale (f64.const 1))
      (if (local.get $unit) (then
        (local.set $aa (f64x2.add
          (f64x2.add (local.get $aa) (local.get $bb))
          (f64x2.add (local.get $cc) (local.get $ee))))
        (local.set $scale (f64.add (f64x2.extract_lane 0 (local.get $aa)) (f64x2.extract_lane 1 (local.get $aa))))
        (local.set $scale (select
          (f64.div (f64.const 1) (f64.sqrt (local.get $scale)))
          (f64.const 0)
          (f64.gt (local.get $scale) (f64.const 0))))))
      (local.set $w (f64x2.splat (local.get $scale)))
      (local.set $sum (local.get $end))
      (loop $numbers
        (v128.store64_lane offset=0 0 (local.get $out)
          (f32x4.demote_f64x2_zero (f64x2.mul (local.get $w) (v128.load offset=0 (local.get $sum)))))
        (v128.store64_lane offset=8 0 (local.get $out)
          (f32x4.demote_f64x2_zero (f64x2.mul (local.get $w) (v128.load offset=16 (local.get $sum)))))
        (local.set $sum (i32.add (local.get $sum) (i32.const 32)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br_if $numbers (i32.lt_u (local.get $out) (local.get $outEnd))))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $eachRow (local.get $rows)))))
