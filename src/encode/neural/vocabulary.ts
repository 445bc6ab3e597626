/**
 * The vocabulary of a SentencePiece unigram model, in a safetensors container that
 * scripts/model/vocabulary.py writes. Pieces lie in the order of their bytes, so that a search for
 * them needs neither a trie nor any parsing: a quarter of a million are open in milliseconds.
 */
import { readFileSync } from 'node:fs';
import { XqgError } from '../../base/errors.js';
import { LENGTH_BYTES, parseHeader } from '../../base/safetensors.js';

export interface Vocabulary {
  /** UTF-8 of all pieces; piece r is [begins[r], begins[r + 1]). */
  readonly text: Uint8Array;
  /** (pieces + 1) */
  readonly begins: Uint32Array;
  /** Token ids. */
  readonly ids: Uint32Array;
  /** Logarithms of probabilities. */
  readonly scores: Float32Array;
  /** What a code point becomes before pieces are looked for; absent: itself. */
  readonly characters: ReadonlyMap<number, string>;
  readonly bos: number;
  readonly eos: number;
  readonly unknown: number;
}

/** @throws XqgError XQG_MODEL_DAMAGED */
export function readVocabulary(file: string): Vocabulary {
  try {
    return parsed(readFileSync(file));
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new XqgError('XQG_MODEL_DAMAGED', { file, reason }, { cause });
  }
}

function parsed(content: Buffer): Vocabulary {
  const headerBytes = Number(content.readBigUInt64LE(0));
  const start = LENGTH_BYTES + headerBytes;
  const { tensors, metadata } = parseHeader(content.subarray(LENGTH_BYTES, start));
  const bytes = (name: string): Uint8Array<ArrayBuffer> => {
    const [from, to] = tensors[name]?.data_offsets ?? [0, -1];
    if (to < from || start + to > content.length) throw new Error(`it lacks "${name}"`);
    // A copy, since views of numbers need an aligned buffer.
    return Uint8Array.from(content.subarray(start + from, start + to));
  };
  const integers = (name: string): Uint32Array => new Uint32Array(bytes(name).buffer);
  const codes = integers('characters.code');
  const begins = integers('characters.begin');
  const replacements = integers('characters.replacement');
  const characters = new Map<number, string>();
  codes.forEach((code, i) => {
    const replacement = replacements.subarray(begins[i], begins[i + 1]);
    characters.set(code, String.fromCodePoint(...replacement));
  });
  return {
    text: bytes('pieces.text'),
    begins: integers('pieces.begin'),
    ids: integers('pieces.id'),
    scores: new Float32Array(bytes('pieces.score').buffer),
    characters,
    bos: Number(metadata.bos),
    eos: Number(metadata.eos),
    unknown: Number(metadata.unknown),
  };
}
