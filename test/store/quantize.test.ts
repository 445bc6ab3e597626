import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dequantize, quantize, quantizedBytes } from '../../src/store/quantize.js';

const vectors = fc.float32Array({
  minLength: 1,
  maxLength: 64,
  noNaN: true,
  noDefaultInfinity: true,
  min: -1e6,
  max: 1e6,
});

describe.each([8, 16] as const)('quantization to %i bits', (bits) => {
  it('has errors of at most half a step', () => {
    fc.assert(
      fc.property(vectors, (vector) => {
        const back = dequantize(quantize(vector, bits), vector.length, bits);
        const largest = Math.max(...[...vector].map(Math.abs));
        const top = bits === 8 ? 127 : 32_767;
        // A step is a float32 itself, which has a smallest positive value.
        const bound = (largest / top / 2) * (1 + 1e-3) + top * 2 ** -120;
        vector.forEach((value, i) => {
          expect(Math.abs(value - back[i])).toBeLessThanOrEqual(bound);
        });
      }),
    );
  });

  it('preserves the zero vector and the number of bytes', () => {
    const bytes = quantize(new Float32Array(10), bits);
    expect(bytes.length).toBe(quantizedBytes(10, bits));
    expect(bytes.length).toBe(4 + (10 * bits) / 8);
    expect([...dequantize(bytes, 10, bits)]).toEqual(new Array(10).fill(0));
  });

  it('gives equal bytes for equal numbers at any position', () => {
    const numbers = Float32Array.from({ length: 30 }, (_, i) => Math.sin(i));
    const inside = new Float32Array(100).fill(9);
    inside.set(numbers, 7);
    expect(quantize(inside.subarray(7, 37), bits)).toEqual(quantize(numbers, bits));
  });

  it('reads bytes at any offset', () => {
    const vector = Float32Array.of(1, -0.5, 0.25);
    const bytes = quantize(vector, bits);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(dequantize(shifted.subarray(3), 3, bits)).toEqual(dequantize(bytes, 3, bits));
  });
});
