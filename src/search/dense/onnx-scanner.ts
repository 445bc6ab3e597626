/**
 * The exact scan by onnxruntime: one Gemm with the matrix as an input tensor, so that the matrix is
 * not copied and one session serves all matrices. onnxruntime-node is an optional peer dependency
 * and is imported when the first scanner is opened.
 *
 * Its `run` blocks the calling thread (measured in 1.30), so a scan does not overlap other
 * JavaScript.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Scanner } from './scanner.js';

type TensorClass = typeof Tensor;

/**
 * @param threads maximum number of threads; one per core by default
 * @throws Error from the module loader when onnxruntime-node is not installed or does not support
 * this machine
 */
export async function openOnnxScanner(threads?: number): Promise<Scanner> {
  const runtime = await import('onnxruntime-node');
  const session = await runtime.InferenceSession.create(productGraph(), {
    executionProviders: ['cpu'],
    logSeverityLevel: 3,
    // The optimizer would undo the order of the product: see `productGraph`.
    graphOptimizationLevel: 'disabled',
    // Spinning idle threads would slow down the JavaScript that follows a scan.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  });
  return new OnnxScanner(session, runtime.Tensor);
}

class OnnxScanner implements Scanner {
  readonly name = 'onnxruntime';
  readonly #session: InferenceSession;
  readonly #tensor: TensorClass;

  constructor(session: InferenceSession, tensor: TensorClass) {
    this.#session = session;
    this.#tensor = tensor;
  }

  async scan(queries: Float32Array, vectors: Float32Array, dim: number): Promise<Float32Array> {
    const m = queries.length / dim;
    const n = vectors.length / dim;
    if (n === 0) return new Float32Array(0);
    const results = await this.#session.run({
      queries: new this.#tensor('float32', queries, [m, dim]),
      vectors: new this.#tensor('float32', vectors, [n, dim]),
    });
    return results.scores.data as Float32Array;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

// The two ONNX graphs are written as protobuf bytes below, so that no model file has to be shipped.
const FLOAT = 1;
const INT64 = 7;
const ATTRIBUTE_INT = 2;

/**
 * `scores = (vectors . queries^T)^T` as Gemm(transB) and Transpose, with inputs `queries` (m x d)
 * and `vectors` (n x d). Gemm packs its second factor before it multiplies, which is faster for up
 * to 32 queries than for all vectors. An optimizer would turn the two nodes into `queries .
 * vectors^T`.
 */
function productGraph(): Uint8Array {
  const nodes = [
    gemm('vectors', 'queries', 'products'),
    node('Transpose', ['products'], ['scores'], {}),
  ];
  return model('product', nodes, [queries, vectors], [tensor('scores', FLOAT, 'm', 'n')]);
}

/**
 * The product followed by TopK: `values` and `rows` (m x k), ties in favor of the lower row; the
 * input `k` is an int64. Used for training and as the baseline of the benchmark.
 */
export function topKGraph(): Uint8Array {
  const topK = node('TopK', ['scores', 'k'], ['values', 'rows'], {
    axis: 1,
    largest: 1,
    sorted: 1,
  });
  return model(
    'topk',
    [gemm('queries', 'vectors', 'scores'), topK],
    [queries, vectors, tensor('k', INT64, 1)],
    [tensor('values', FLOAT, 'm', 'top'), tensor('rows', INT64, 'm', 'top')],
  );
}

/** A protobuf message as bytes. */
type Message = number[];

const queries = tensor('queries', FLOAT, 'm', 'd');
const vectors = tensor('vectors', FLOAT, 'n', 'd');

/** `product = a . b^T` */
function gemm(a: string, b: string, product: string): Message {
  return node('Gemm', [a, b], [product], { transB: 1 });
}

function model(name: string, nodes: Message[], inputs: Message[], outputs: Message[]): Uint8Array {
  const graph = [
    ...nodes.flatMap((n) => bytesField(1, n)),
    ...textField(2, name),
    ...inputs.flatMap((i) => bytesField(11, i)),
    ...outputs.flatMap((o) => bytesField(12, o)),
  ];
  const opset = [...textField(1, ''), ...numberField(2, 13)];
  return Uint8Array.from([...numberField(1, 8), ...bytesField(7, graph), ...bytesField(8, opset)]);
}

function node(
  operator: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, number>,
): Message {
  return [
    ...inputs.flatMap((name) => textField(1, name)),
    ...outputs.flatMap((name) => textField(2, name)),
    ...textField(4, operator),
    ...Object.entries(attributes).flatMap(([name, value]) =>
      bytesField(5, [
        ...textField(1, name),
        ...numberField(3, value),
        ...numberField(20, ATTRIBUTE_INT),
      ]),
    ),
  ];
}

/** A named input or output; a dimension is a number, or a name if it is free. */
function tensor(name: string, element: number, ...shape: (number | string)[]): Message {
  const dimensions = shape.flatMap((d) =>
    bytesField(1, typeof d === 'number' ? numberField(1, d) : textField(2, d)),
  );
  const type = [...numberField(1, element), ...bytesField(2, dimensions)];
  return [...textField(1, name), ...bytesField(2, bytesField(1, type))];
}

function numberField(field: number, value: number): Message {
  return [...varint(field << 3), ...varint(value)];
}

function textField(field: number, text: string): Message {
  return bytesField(field, [...Buffer.from(text, 'utf8')]);
}

function bytesField(field: number, content: Message): Message {
  return [...varint((field << 3) | 2), ...varint(content.length), ...content];
}

function varint(value: number): Message {
  const bytes: Message = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}
