/**
 * From a generator's spec to the generator. A new kind of generator is a file that implements
 * `Generator`, and an entry of `KINDS` here.
 */
import { resolve } from 'node:path';
import { XqgError } from '../base/errors.js';
import { modelJson } from '../models/files.js';
import { findModel, namesFolder, namesModel } from '../models/places.js';
import { Answers } from '../models/remote/answer-cache.js';
import { type EndpointFields, endpointOf } from '../models/remote/endpoint.js';
import { loadPack } from '../pack/format.js';
import type { Glossary } from '../pack/glossary/glossary.js';
import { GlossaryPack } from '../pack/glossary/glossary-pack.js';
import type { Pack } from '../pack/pack.js';
import type { Thresholds } from './filters/filtered.js';
import type { QueryScorer } from './filters/scorers.js';
import type { Generator } from './generator.js';
import type { LexiconGeneratorSettings } from './lexicon.js';

export interface OpenGeneratorOptions {
  readonly languages?: readonly string[];
  /** A prompt file instead of the shipped one. */
  readonly prompt?: string;
  /** Settings of an endpoint, or a file of them. */
  readonly endpoint?: string | EndpointFields;
  /** Of a pack's generator, where they differ from its defaults. */
  readonly settings?: Partial<LexiconGeneratorSettings>;
  readonly signal?: AbortSignal;
  /** Terms that prompts name. */
  readonly glossary?: Glossary;
  /** Least scores of queries; what is below is left out. Not for a pack's generators. */
  readonly keep?: Thresholds;
  /** Scorers besides those that need nothing: the round trip. */
  readonly scorers?: readonly QueryScorer[];
}

/** Opens the pack of the recipe that a generator belongs to. */
type OpenPack = () => Promise<Pack>;

interface GeneratorKind {
  /** True if a spec names a generator of this kind. */
  readonly names: (spec: string) => boolean;
  /** The spec with absolute paths. Absent: it holds none. */
  readonly resolve?: (spec: string, folder: string) => string;
  readonly open: (
    spec: string,
    options: OpenGeneratorOptions,
    pack: OpenPack,
  ) => Promise<Generator>;
}

const PACK_GENERATORS = ['lexicon', 'gloss'];
const FILE = 'file:';
const OPENAI = 'openai:';

/** The first kind that a spec names is opened. Modules are loaded when they are needed. */
const KINDS: readonly GeneratorKind[] = [
  {
    names: isPackGenerator,
    async open(spec, options, openPack) {
      const { LexiconGenerator, LEXICON_DEFAULTS } = await import('./lexicon.js');
      const { GlossGenerator } = await import('./gloss.js');
      const pack = await openPack();
      const settings = { ...LEXICON_DEFAULTS, ...options.settings };
      const generator =
        spec === 'gloss'
          ? new GlossGenerator(pack, settings)
          : new LexiconGenerator(pack, settings);
      if (!(pack instanceof GlossaryPack)) return generator;
      const { GlossaryGenerator } = await import('./with-glossary.js');
      return new GlossaryGenerator(generator, pack.glossary);
    },
  },
  {
    names: (spec) => spec.startsWith(FILE),
    resolve: (spec, folder) => `${FILE}${resolve(folder, spec.slice(FILE.length))}`,
    open: (spec) => openRecorded(spec.slice(FILE.length)),
  },
  {
    names: (spec) => /\.jsonl(\.gz)?$/.test(spec),
    resolve: (spec, folder) => resolve(folder, spec),
    open: openRecorded,
  },
  {
    names: namesModel,
    resolve: (spec, folder) => (namesFolder(spec) ? resolve(folder, spec) : spec),
    async open(spec, { languages, prompt, glossary }) {
      const found = findModel(spec);
      if (modelJson(found.folder, 'config.json')?.is_encoder_decoder === true) {
        const { Seq2SeqGenerator } = await import('./neural/seq2seq.js');
        return Seq2SeqGenerator.open(found, { languages, prompt, glossary });
      }
      const { CausalGenerator } = await import('./neural/causal.js');
      return CausalGenerator.open(found, { languages, prompt, glossary });
    },
  },
  {
    names: (spec) => spec.startsWith(OPENAI),
    async open(spec, { languages, prompt, signal, glossary, ...options }) {
      const { ChatGenerator } = await import('./chat.js');
      const endpoint = endpointOf(options.endpoint);
      const model = spec.slice(OPENAI.length);
      return ChatGenerator.open(model, { endpoint, languages, prompt, signal, glossary });
    },
  },
];

/**
 * @param pack opens the pack (default `base`) that `lexicon` and `gloss` need
 * @throws XqgError XQG_UNKNOWN_GENERATOR, XQG_UNKNOWN_SCORER, and what opening the generator throws
 */
export async function openGenerator(
  spec: string,
  options: OpenGeneratorOptions = {},
  pack: OpenPack = () => loadPack('base'),
): Promise<Generator> {
  const generator = await kindOf(spec).open(spec, options, pack);
  const { keep, scorers = [] } = options;
  if (keep === undefined || isPackGenerator(spec)) return generator;
  const { FilteredGenerator } = await import('./filters/filtered.js');
  const { SCORERS } = await import('./filters/scorers.js');
  const { name, weights } = generator.identity;
  const scores = await Answers.inCache(`scores ${name} ${weights}`);
  return new FilteredGenerator(generator, [...SCORERS, ...scorers], keep, scores);
}

/** True for the generators that a pack holds all of. */
export function isPackGenerator(spec: string): boolean {
  return PACK_GENERATORS.includes(spec);
}

/**
 * The pack's generator that an index's identity names, e.g. `lexicon` for `lexicon/base`; null for
 * another one.
 */
export function packGeneratorNamed(identityName: string): string | null {
  const [kind] = identityName.split('/');
  return isPackGenerator(kind) ? kind : null;
}

/**
 * A spec with absolute paths: whoever opens it again may stand elsewhere.
 * @throws XqgError XQG_UNKNOWN_GENERATOR
 */
export function resolveGeneratorSpec(spec: string, folder = '.'): string {
  return kindOf(spec).resolve?.(spec, folder) ?? spec;
}

/** @throws XqgError XQG_UNKNOWN_GENERATOR */
function kindOf(spec: string): GeneratorKind {
  const kind = KINDS.find(({ names }) => names(spec));
  if (kind === undefined) throw new XqgError('XQG_UNKNOWN_GENERATOR', { generator: spec });
  return kind;
}

async function openRecorded(path: string): Promise<Generator> {
  const { RecordedGenerator } = await import('./recorded.js');
  return RecordedGenerator.open([path]);
}
