;; Rows of signed bytes, 16 numbers at a time. Compiled by npm run build:kernels.
(module
  (memory (export "memory") 1)

  ;; Adds weighted rows to a row of 32-bit floats: every row for 16 numbers before the next 16. Each
  ;; number is the same as if rows were added one after the other.
  (func (export "add")
    (param $rows i32)     ;; address of n addresses of rows
    (param $factors i32)  ;; address of n floats
    (param $n i32)
    (param $out i32)      ;; address of dim floats
    (param $dim i32)      ;; a multiple of 16
    (local $d i32) (local $t i32) (local $f v128) (local $bytes v128) (local $half v128)
    (local $a v128) (local $b v128) (local $c v128) (local $e v128)
    (loop $blocks
      (local.set $a (v128.load offset=0 (local.get $out)))
      (local.set $b (v128.load offset=16 (local.get $out)))
      (local.set $c (v128.load offset=32 (local.get $out)))
      (local.set $e (v128.load offset=48 (local.get $out)))
      (local.set $t (i32.const 0))
      (block $done
        (loop $terms
          (br_if $done (i32.ge_u (local.get $t) (local.get $n)))
          (local.set $f (v128.load32_splat (i32.add (local.get $factors) (i32.shl (local.get $t) (i32.const 2)))))
          (local.set $bytes (v128.load
            (i32.add (i32.load (i32.add (local.get $rows) (i32.shl (local.get $t) (i32.const 2)))) (local.get $d))))
          (local.set $half (i16x8.extend_low_i8x16_s (local.get $bytes)))
          (local.set $a (f32x4.add (local.get $a)
            (f32x4.mul (local.get $f) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $half))))))
          (local.set $b (f32x4.add (local.get $b)
            (f32x4.mul (local.get $f) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $half))))))
          (local.set $half (i16x8.extend_high_i8x16_s (local.get $bytes)))
          (local.set $c (f32x4.add (local.get $c)
            (f32x4.mul (local.get $f) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $half))))))
          (local.set $e (f32x4.add (local.get $e)
            (f32x4.mul (local.get $f) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $half))))))
          (local.set $t (i32.add (local.get $t) (i32.const 1)))
          (br $terms)))
      (v128.store offset=0 (local.get $out) (local.get $a))
      (v128.store offset=16 (local.get $out) (local.get $b))
      (v128.store offset=32 (local.get $out) (local.get $c))
      (v128.store offset=48 (local.get $out) (local.get $e))
      (local.set $out (i32.add (local.get $out) (i32.const 64)))
      (local.set $d (i32.add (local.get $d) (i32.const 16)))
      (br_if $blocks (i32.lt_u (local.get $d) (local.get $dim)))))

  ;; Writes a row of floats as signed bytes, the largest of which becomes 127 (halves round to
  ;; even). Returns the largest size of the floats.
  (func (export "quantize")
    (param $from i32)     ;; address of dim floats
    (param $row i32)      ;; address of the row
    (param $dim i32)      ;; a multiple of 16
    (result f32)
    (local $at i32) (local $end i32) (local $f v128) (local $largest f32)
    (local.set $end (i32.add (local.get $from) (i32.shl (local.get $dim) (i32.const 2))))
    (local.set $at (local.get $from))
    (loop $sizes
      (local.set $f (f32x4.max (local.get $f) (f32x4.abs (v128.load (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $sizes (i32.lt_u (local.get $at) (local.get $end))))
    (local.set $largest (f32.max
      (f32.max (f32x4.extract_lane 0 (local.get $f)) (f32x4.extract_lane 1 (local.get $f)))
      (f32.max (f32x4.extract_lane 2 (local.get $f)) (f32x4.extract_lane 3 (local.get $f)))))
    (local.set $f (f32x4.splat (f32.div (f32.const 127) (local.get $largest))))
    ;; Of zeros nothing is to be scaled.
    (if (f32.eq (local.get $largest) (f32.const 0)) (then (local.set $f (f32x4.splat (f32.const 0)))))
    (local.set $at (local.get $from))
    (loop $blocks
      (v128.store (local.get $row) (i8x16.narrow_i16x8_s
        (i16x8.narrow_i32x4_s
          (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (local.get $f) (v128.load offset=0 (local.get $at)))))
          (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (local.get $f) (v128.load offset=16 (local.get $at))))))
        (i16x8.narrow_i32x4_s
          (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (local.get $f) (v128.load offset=32 (local.get $at)))))
          (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (local.get $f) (v128.load offset=48 (local.get $at))))))))
      (local.set $row (i32.add (local.get $row) (i32.const 16)))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if $blocks (i32.lt_u (local.get $at) (local.get $end))))
    (local.get $largest))

  ;; The sum of the squares of a row of floats.
  (func (export "squares")
    (param $from i32)     ;; address of dim floats
    (param $dim i32)      ;; a multiple of 16
    (result f32)
    (local $end i32) (local $f v128) (local $sum v128)
    (local.set $end (i32.add (local.get $from) (i32.shl (local.get $dim) (i32.const 2))))
    (loop $blocks
      (local.set $f (v128.load (local.get $from)))
      (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $f) (local.get $f))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br_if $blocks (i32.lt_u (local.get $from) (local.get $end))))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))
      (f32.add (f32x4.extract_lane 2 (local.get $sum)) (f32x4.extract_lane 3 (local.get $sum)))))

  ;; The products of n rows that lie one behind the other with a question of signed 16-bit numbers.
  ;; The caller sees to it that no sum leaves 32 bits.
  (func (export "products")
    (param $question i32) ;; address of dim 16-bit numbers
    (param $row i32)      ;; address of the first row
    (param $n i32)        ;; 1 or more
    (param $dim i32)      ;; a multiple of 16
    (param $out i32)      ;; address of n 32-bit sums
    (local $end i32) (local $rowEnd i32) (local $q i32) (local $a v128) (local $b v128) (local $bytes v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $n) (i32.const 2))))
    (loop $rows
      (local.set $rowEnd (i32.add (local.get $row) (local.get $dim)))
      (local.set $q (local.get $question))
      (local.set $a (v128.const i32x4 0 0 0 0))
      (local.set $b (v128.const i32x4 0 0 0 0))
      (loop $blocks
        (local.set $bytes (v128.load (local.get $row)))
        (local.set $a (i32x4.add (local.get $a)
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $bytes)) (v128.load offset=0 (local.get $q)))))
        (local.set $b (i32x4.add (local.get $b)
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $bytes)) (v128.load offset=16 (local.get $q)))))
        (local.set $q (i32.add (local.get $q) (i32.const 32)))
        (local.set $row (i32.add (local.get $row) (i32.const 16)))
        (br_if $blocks (i32.lt_u (local.get $row) (local.get $rowEnd))))
      (local.set $a (i32x4.add (local.get $a) (local.get $b)))
      (i32.store (local.get $out)
        (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $a)) (i32x4.extract_lane 1 (local.get $a)))
          (i32.add (i32x4.extract_lane 2 (local.get $a)) (i32x4.extract_lane 3 (local.get $a)))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.get $out) (local.get $end))))))
