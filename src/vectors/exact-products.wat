;; Exact products of a question with the rows of a matrix. Compiled by npm run build:kernels.
(module
  (memory (export "memory") 1)

  ;; The products of n rows of 32-bit numbers that lie one behind the other with a question of
  ;; 64-bit numbers, summed in the order of `product` in search/dense/javascript-scanner.ts: number
  ;; i belongs to sum i mod 8.
  (func (export "products")
    (param $question i32) ;; address of dim 64-bit numbers
    (param $row i32)      ;; address of the first row
    (param $n i32)        ;; 1 or more
    (param $dim i32)      ;; a multiple of 8
    (param $out i32)      ;; address of n 64-bit sums
    (local $end i32) (local $rowEnd i32) (local $q i32)
    (local $ab v128) (local $cd v128) (local $ef v128) (local $gh v128) (local $numbers v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $n) (i32.const 3))))
    (loop $rows
      (local.set $rowEnd (i32.add (local.get $row) (i32.shl (local.get $dim) (i32.const 2))))
      (local.set $q (local.get $question))
      (local.set $ab (v128.const i64x2 0 0))
      (local.set $cd (v128.const i64x2 0 0))
      (local.set $ef (v128.const i64x2 0 0))
      (local.set $gh (v128.const i64x2 0 0))
      (loop $blocks
        (local.set $numbers (v128.load offset=0 (local.get $row)))
        (local.set $ab (f64x2.add (local.get $ab)
          (f64x2.mul (f64x2.promote_low_f32x4 (local.get $numbers)) (v128.load offset=0 (local.get $q)))))
        (local.set $numbers (i64x2.splat (i64x2.extract_lane 1 (local.get $numbers))))
        (local.set $cd (f64x2.add (local.get $cd)
          (f64x2.mul (f64x2.promote_low_f32x4 (local.get $numbers)) (v128.load offset=16 (local.get $q)))))
        (local.set $numbers (v128.load offset=16 (local.get $row)))
        (local.set $ef (f64x2.add (local.get $ef)
          (f64x2.mul (f64x2.promote_low_f32x4 (local.get $numbers)) (v128.load offset=32 (local.get $q)))))
        (local.set $numbers (i64x2.splat (i64x2.extract_lane 1 (local.get $numbers))))
        (local.set $gh (f64x2.add (local.get $gh)
          (f64x2.mul (f64x2.promote_low_f32x4 (local.get $numbers)) (v128.load offset=48 (local.get $q)))))
        (local.set $q (i32.add (local.get $q) (i32.const 64)))
        (local.set $row (i32.add (local.get $row) (i32.const 32)))
        (br_if $blocks (i32.lt_u (local.get $row) (local.get $rowEnd))))
      (f64.store (local.get $out)
        (f64.add
          (f64.add
            (f64.add (f64x2.extract_lane 0 (local.get $ab)) (f64x2.extract_lane 1 (local.get $ab)))
            (f64.add (f64x2.extract_lane 0 (local.get $cd)) (f64x2.extract_lane 1 (local.get $cd))))
          (f64.add
            (f64.add (f64x2.extract_lane 0 (local.get $ef)) (f64x2.extract_lane 1 (local.get $ef)))
            (f64.add (f64x2.extract_lane 0 (local.get $gh)) (f64x2.extract_lane 1 (local.get $gh))))))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (br_if $rows (i32.lt_u (local.get $out) (local.get $end))))))
