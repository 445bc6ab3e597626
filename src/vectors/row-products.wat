;; The products of rows of signed bytes with rows of another matrix, row by row. Compiled by npm run
;; build:kernels.
(module
  (memory (export "memory") 1)

  (func (export "products")
    (param $a i32)    ;; address of n rows
    (param $b i32)    ;; address of n rows
    (param $n i32)    ;; 1 or more
    (param $dim i32)  ;; a multiple of 16, at most 131,072: no sum leaves 32 bits
    (param $out i32)  ;; address of n 32-bit sums
    (local $end i32) (local $rowEnd i32) (local $s v128) (local $t v128) (local $x v128) (local $y v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $n) (i32.const 2))))
    (loop $rows
      (local.set $rowEnd (i32.add (local.get $a) (local.get $dim)))
      (local.set $s (v128.const i32x4 0 0 0 0))
      (local.set $t (v128.const i32x4 0 0 0 0))
      (loop $blocks
        (local.set $x (v128.load (local.get $a)))
        (local.set $y (v128.load (local.get $b)))
        ;; 127 x 127 fits 16 bits; two of them only 32.
        (local.set $s (i32x4.add (local.get $s)
          (i32x4.extadd_pairwise_i16x8_s (i16x8.extmul_low_i8x16_s (local.get $x) (local.get $y)))))
        (local.set $t (i32x4.add (local.get $t)
          (i32x4.extadd_pairwise_i16x8_s (i16x8.extmul_high_i8x16_s (local.get $x) (local.get $y)))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (local.set $b (i32.add (local.get $b) (i32.const 16)))
        (br_if $blocks (i32.lt_u (local.get $a) (local.get $rowEnd))))
      (local.set $s (i32x4.add (local.get $s) (local.get $t)))
      (i32.store (local.get $out)
        (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $s)) (i32x4.extract_lane 1 (local.get $s)))
          (i32.add (i32x4.extract_lane 2 (local.get $s)) (i32x4.extract_lane 3 (local.get $s)))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.get $out) (local.get $end))))))
