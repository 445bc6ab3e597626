/**
 * Cards of encoders that the literature names, for what their own files do not say. Data only. `measured`: run here against
 * golden vectors; the others are written down from their documentation and say so in docs/models.md.
 */
import type { CardFields } from './card.js';

export interface KnownCard {
  /** Name on the hub; a folder matches by the part after the slash. */
  readonly names: readonly string[];
  /** Also every model with this `model_type`. */
  readonly modelType?: string;
  readonly card: CardFields;
  readonly license: string;
  readonly languages: string;
  readonly dim: number;
  readonly measured: boolean;
  /** What one should know before using it. */
  readonly note: string;
}

const UNSTATED_PREFIXES = { queryPrefix: '', passagePrefix: '' };

export const KNOWN_CARDS: readonly KnownCard[] = [
  {
    names: ['use-multilingual-v3'],
    modelType: 'use-multilingual-v3',
    card: { pooling: 'given', normalize: true, ...UNSTATED_PREFIXES, queryTokens: 512, passageTokens: 512 },
    license: 'Apache-2.0',
    languages: 'ar de en es fr it ja ko nl pl pt ru th tr zh',
    dim: 512,
    measured: true,
    note: 'Knows neither Greek nor Hindi nor Vietnamese.',
  },
  {
    names: ['sentence-transformers/all-MiniLM-L6-v2', 'Xenova/all-MiniLM-L6-v2'],
    card: { pooling: 'mean', normalize: true, ...UNSTATED_PREFIXES, queryTokens: 256, passageTokens: 256 },
    license: 'Apache-2.0',
    languages: 'en',
    dim: 384,
    measured: true,
    note: 'English only.',
  },
  {
    names: ['ielabgroup/bert-base-multilingual-cased-xor-tydi'],
    card: { pooling: 'cls', normalize: false, ...UNSTATED_PREFIXES, queryTokens: 32, passageTokens: 128 },
    license: 'see the hub',
    languages: '104, trained on ar bn fi ja ko ru te',
    dim: 768,
    measured: false,
    note: 'The retriever of the xQG paper; profile `paper` fits it.',
  },
  {
    names: ['google-bert/bert-base-multilingual-cased', 'Xenova/bert-base-multilingual-cased'],
    card: { pooling: 'mean', normalize: true, ...UNSTATED_PREFIXES, queryTokens: 128, passageTokens: 512 },
    license: 'Apache-2.0',
    languages: '104',
    dim: 768,
    measured: false,
    note: 'Not trained for retrieval: a baseline of the literature, weak on its own.',
  },
  {
    names: ['FacebookAI/xlm-roberta-base', 'Xenova/xlm-roberta-base'],
    card: { pooling: 'mean', normalize: true, ...UNSTATED_PREFIXES, queryTokens: 128, passageTokens: 512 },
    license: 'MIT',
    languages: '100',
    dim: 768,
    measured: false,
    note: 'Not trained for retrieval: a baseline of the literature, weak on its own.',
  },
  {
    names: ['sentence-transformers/LaBSE', 'Xenova/LaBSE'],
    card: { pooling: 'cls', normalize: true, ...UNSTATED_PREFIXES, queryTokens: 256, passageTokens: 256 },
    license: 'Apache-2.0',
    languages: '109',
    dim: 768,
    measured: false,
    note: 'Needs an export that holds its dense layer, with the output sentence_embedding.',
  },
  ...(['small', 'base', 'large'] as const).map(
    (size): KnownCard => ({
      names: [`intfloat/multilingual-e5-${size}`, `Xenova/multilingual-e5-${size}`],
      card: {
        pooling: 'mean',
        normalize: true,
        queryPrefix: 'query: ',
        passagePrefix: 'passage: ',
        queryTokens: 512,
        passageTokens: 512,
      },
      license: 'MIT',
      languages: '94',
      dim: { small: 384, base: 768, large: 1024 }[size],
      measured: false,
      note: 'Without its prefixes it is much worse; they are added here.',
    }),
  ),
  {
    names: ['BAAI/bge-m3', 'Xenova/bge-m3'],
    card: { pooling: 'cls', normalize: true, ...UNSTATED_PREFIXES, queryTokens: 512, passageTokens: 8192 },
    license: 'MIT',
    languages: '100',
    dim: 1024,
    measured: false,
    note: 'Its dense vectors only.',
  },
  ...['paraphrase-multilingual-MiniLM-L12-v2', 'paraphrase-multilingual-mpnet-base-v2'].map(
    (name): KnownCard => ({
      names: [`sentence-transformers/${name}`, `Xenova/${name}`],
      card: { pooling: 'mean', normalize: true, ...UNSTATED_PREFIXES, queryTokens: 128, passageTokens: 128 },
      license: 'Apache-2.0',
      languages: '50',
      dim: name.includes('mpnet') ? 768 : 384,
      measured: false,
      note: 'Made for paraphrases; longer passages are cut at 128 tokens.',
    }),
  ),
];

/** The card of a model by its name on the hub or the name of its folder, or by its type; null if there is none. */
export function knownCard(name: string, modelType?: string): KnownCard | null {
  const short = name.split('/').at(-1)?.toLowerCase();
  return (
    KNOWN_CARDS.find(({ names }) => names.some((known) => known.toLowerCase() === name.toLowerCase())) ??
    KNOWN_CARDS.find(({ names }) =>
      names.some((known) => known.split('/').at(-1)?.toLowerCase() === short),
    ) ??
    KNOWN_CARDS.find((known) => known.modelType !== undefined && known.modelType === modelType) ??
    null
  );
}
