/**
 * From a generator's spec to the generator: a model's folder and `hf:NAME` run here, `openai:MODEL`
 * behind an endpoint, a file of recorded queries is read. `lexicon` comes from a pack and is opened
 * where the pack is.
 */
import { XqgError } from '../base/errors.js';
import { modelJson } from '../models/files.js';
import { findModel, namesModel } from '../models/places.js';
import { Answers } from '../models/remote/answer-cache.js';
import { type EndpointFields, endpointOf } from '../models/remote/endpoint.js';
import type { Glossary } from '../pack/glossary/glossary.js';
import type { Thresholds } from './filters/filtered.js';
import type { QueryScorer } from './filters/scorers.js';
import type { Generator } from './generator.js';

export interface OpenGeneratorOptions {
  readonly languages?: readonly string[];
  /** A prompt file instead of the shipped one. */
  readonly prompt?: string;
  /** Settings of an endpoint, or a file of them. */
  readonly endpoint?: string | EndpointFields;
  readonly signal?: AbortSignal;
  /** Terms that prompts name. */
  readonly glossary?: Glossary;
  /** Least scores of queries; what is below is left out. */
  readonly keep?: Thresholds;
  /** Scorers besides those that need nothing: the round trip. */
  readonly scorers?: readonly QueryScorer[];
}

/**
 * @throws XqgError XQG_UNKNOWN_GENERATOR, XQG_UNKNOWN_SCORER, and what opening the generator throws
 */
export async function openGenerator(
  spec: string,
  options: OpenGeneratorOptions = {},
): Promise<Generator> {
  const generator = await openUnfiltered(spec, options);
  const { keep, scorers = [] } = options;
  if (keep === undefined) return generator;
  const { FilteredGenerator } = await import('./filters/filtered.js');
  const { SCORERS } = await import('./filters/scorers.js');
  const { name, weights } = generator.identity;
  const scores = await Answers.inCache(`scores ${name} ${weights}`);
  return new FilteredGenerator(generator, [...SCORERS, ...scorers], keep, scores);
}

/** True for the path of a file of recorded queries. */
export function namesRecorded(spec: string): boolean {
  return /\.jsonl(\.gz)?$/.test(spec);
}

async function openUnfiltered(spec: string, options: OpenGeneratorOptions): Promise<Generator> {
  if (namesRecorded(spec)) {
    const { RecordedGenerator } = await import('./recorded.js');
    return RecordedGenerator.open([spec]);
  }
  if (namesModel(spec)) {
    const found = findModel(spec);
    const { languages, prompt, glossary } = options;
    if (modelJson(found.folder, 'config.json')?.is_encoder_decoder === true) {
      const { Seq2SeqGenerator } = await import('./neural/seq2seq.js');
      return Seq2SeqGenerator.open(found, { languages, prompt, glossary });
    }
    const { CausalGenerator } = await import('./neural/causal.js');
    return CausalGenerator.open(found, { languages, prompt, glossary });
  }
  if (spec.startsWith('openai:')) {
    const { ChatGenerator } = await import('./chat.js');
    return ChatGenerator.open(spec.slice('openai:'.length), {
      ...options,
      endpoint: endpointOf(options.endpoint),
    });
  }
  throw new XqgError('XQG_UNKNOWN_GENERATOR', { generator: spec });
}
