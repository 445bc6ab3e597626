;; What one question term adds to the scores of the passages that have it, and which scores are
;; large. Compiled by npm run build:kernels.
(module
  (memory (export "memory") 1)

  ;; scores[row] += factor f / (f + base + slope lengths[row]) for n postings, in 64 bits; writes
  ;; down the rows that had no score.
  (func (export "add")
    (param $n i32)           ;; 1 or more
    (param $rows i32)        ;; address of n rows of 16 bits; room for a multiple of 4, with rows that exist
    (param $frequencies i32) ;; address of n half-precision frequencies; room for a multiple of 4
    (param $parts i32)       ;; address of room for n 64-bit numbers and a multiple of 4
    (param $lengths i32)     ;; address of the length (32 bits) of row 0
    (param $scores i32)      ;; address of the score of row 0
    (param $firstRow i32)    ;; number of row 0 in the list of rows
    (param $added i32)       ;; address in that list where the next row belongs
    (param $factor f64) (param $base f64) (param $slope f64)
    (result i32)             ;; the same after the call
    (local $row i32) (local $frequency i32) (local $part i32) (local $end i32) (local $score i32)
    (local $f v128) (local $l v128) (local $x v128) (local $before f64)
    (local.set $row (local.get $rows))
    (local.set $frequency (local.get $frequencies))
    (local.set $part (local.get $parts))
    (local.set $end (i32.add (local.get $rows) (i32.shl (local.get $n) (i32.const 1))))
    (loop $parts4
      ;; A half shifted into a float is 2^112 times too small.
      (local.set $f (f32x4.mul
        (i32x4.shl (i32x4.extend_low_i16x8_u (v128.load64_zero (local.get $frequency))) (i32.const 13))
        (v128.const f32x4 0x1p112 0x1p112 0x1p112 0x1p112)))
      (local.set $l (v128.load32_zero
        (i32.add (local.get $lengths) (i32.shl (i32.load16_u offset=0 (local.get $row)) (i32.const 2)))))
      (local.set $l (v128.load32_lane 1
        (i32.add (local.get $lengths) (i32.shl (i32.load16_u offset=2 (local.get $row)) (i32.const 2))) (local.get $l)))
      (local.set $x (f64x2.promote_low_f32x4 (local.get $f)))
      (v128.store offset=0 (local.get $part)
        (f64x2.div
          (f64x2.mul (f64x2.splat (local.get $factor)) (local.get $x))
          (f64x2.add
            (f64x2.add (local.get $x) (f64x2.splat (local.get $base)))
            (f64x2.mul (f64x2.splat (local.get $slope)) (f64x2.promote_low_f32x4 (local.get $l))))))
      (local.set $l (v128.load32_zero
        (i32.add (local.get $lengths) (i32.shl (i32.load16_u offset=4 (local.get $row)) (i32.const 2)))))
      (local.set $l (v128.load32_lane 1
        (i32.add (local.get $lengths) (i32.shl (i32.load16_u offset=6 (local.get $row)) (i32.const 2))) (local.get $l)))
      (local.set $x (f64x2.promote_low_f32x4 (i64x2.splat (i64x2.extract_lane 1 (local.get $f)))))
      (v128.store offset=16 (local.get $part)
        (f64x2.div
          (f64x2.mul (f64x2.splat (local.get $factor)) (local.get $x))
          (f64x2.add
            (f64x2.add (local.get $x) (f64x2.splat (local.get $base)))
            (f64x2.mul (f64x2.splat (local.get $slope)) (f64x2.promote_low_f32x4 (local.get $l))))))
      (local.set $part (i32.add (local.get $part) (i32.const 32)))
      (local.set $frequency (i32.add (local.get $frequency) (i32.const 8)))
      (local.set $row (i32.add (local.get $row) (i32.const 8)))
      (br_if $parts4 (i32.lt_u (local.get $row) (local.get $end))))
    (loop $postings
      (local.set $score (i32.add (local.get $scores) (i32.shl (i32.load16_u (local.get $rows)) (i32.const 3))))
      (local.set $before (f64.load (local.get $score)))
      (f64.store (local.get $score) (f64.add (local.get $before) (f64.load (local.get $parts))))
      ;; Written first and counted if it is new: a branch would often be foretold wrong.
      (i32.store (local.get $added) (i32.add (local.get $firstRow) (i32.load16_u (local.get $rows))))
      (local.set $added (i32.add (local.get $added)
        (i32.shl (f64.eq (local.get $before) (f64.const 0)) (i32.const 2))))
      (local.set $parts (i32.add (local.get $parts) (i32.const 8)))
      (local.set $rows (i32.add (local.get $rows) (i32.const 2)))
      (br_if $postings (i32.lt_u (local.get $rows) (local.get $end))))
    (local.get $added))

  ;; Two rows after two others go to the groups in turn; the largest score of each group, if that is
  ;; more than is there.
  (func (export "maxima")
    (param $row i32)    ;; address of rows of 32 bits
    (param $end i32)    ;; behind the last of them: an even number, 2 or more
    (param $scores i32) ;; address of the score of row 0
    (param $first i32)  ;; address of the groups' maxima, 64 bits each: an even number, 2 or more
    (param $last i32)   ;; address behind them
    (local $at i32)
    (local.set $at (local.get $first))
    (loop $pairs
      (v128.store (local.get $at)
        (f64x2.pmax
          (v128.load (local.get $at))
          (v128.load64_lane 1
            (i32.add (local.get $scores) (i32.shl (i32.load offset=4 (local.get $row)) (i32.const 3)))
            (v128.load64_zero
              (i32.add (local.get $scores) (i32.shl (i32.load offset=0 (local.get $row)) (i32.const 3)))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (local.set $at (select (local.get $first) (local.get $at) (i32.eq (local.get $at) (local.get $last))))
      (local.set $row (i32.add (local.get $row) (i32.const 8)))
      (br_if $pairs (i32.lt_u (local.get $row) (local.get $end)))))

  ;; Writes down the rows whose score is the threshold or more; returns the address behind them.
  (func (export "atLeast")
    (param $row i32)    ;; address of rows of 32 bits
    (param $end i32)    ;; behind the last of them, 1 or more
    (param $scores i32) ;; address of the score of row 0
    (param $threshold f64)
    (param $out i32)    ;; room for them all; may be $row
    (result i32)
    (local $r i32)
    (loop $rows
      (local.set $r (i32.load (local.get $row)))
      (i32.store (local.get $out) (local.get $r))
      (local.set $out (i32.add (local.get $out) (i32.shl
        (f64.ge (f64.load (i32.add (local.get $scores) (i32.shl (local.get $r) (i32.const 3)))) (local.get $threshold))
        (i32.const 2))))
      (local.set $row (i32.add (local.get $row) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end))))
    (local.get $out)))
