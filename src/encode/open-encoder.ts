/**
 * From an encoder's spec to the encoder. A new kind of encoder is a file that implements `Encoder`,
 * and an entry of `KINDS` here.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { XqgError } from '../base/errors.js';
import {
  type FoundModel,
  findModel,
  namesFolder,
  namesModel,
  SHIPPED_ENCODER,
} from '../models/places.js';
import { type EndpointFields, endpointOf } from '../models/remote/endpoint.js';
import { loadPack } from '../pack/format.js';
import { GlossaryPack } from '../pack/glossary/glossary-pack.js';
import type { Pack } from '../pack/pack.js';
import type { Encoder } from './encoder.js';
import { type CardFields, cardFields, describeCard } from './neural/card.js';
import type { NeuralEncoder } from './neural/neural.js';
import type { StaticEncoderSettings } from './static/static-encoder.js';

/** How an encoder is named, so that it can be opened again: an index keeps it in its manifest. */
export interface EncoderSpec {
  /** `e5`, `hf:NAME`, the path of a model's folder, `openai:MODEL`, or `file:MANIFEST`. */
  readonly spec: string;
  /** The fields, or JSON, or a file of them. */
  readonly card?: string | CardFields;
  /** Settings of an endpoint, or a file of them. */
  readonly endpoint?: string | EndpointFields;
}

export interface OpenEncoderOptions extends Omit<EncoderSpec, 'spec'> {
  readonly workers?: number;
  readonly threads?: number;
  readonly batch?: number;
  /** Of the static encoder, where they differ from its defaults. */
  readonly settings?: Partial<StaticEncoderSettings>;
  readonly signal?: AbortSignal;
  /** Called with what the encoder is and how it is used, before the first text. */
  readonly onOpened?: (description: string) => void;
}

/** Opens the pack of the recipe that an encoder belongs to. */
type OpenPack = () => Promise<Pack>;

interface EncoderKind {
  /** True if a spec names an encoder of this kind. */
  readonly names: (spec: string) => boolean;
  /** The spec with absolute paths. Absent: it holds none. */
  readonly resolve?: (spec: string, folder: string) => string;
  readonly open: (spec: string, options: OpenEncoderOptions, pack: OpenPack) => Promise<Encoder>;
}

const FILE = 'file:';
const OPENAI = 'openai:';

/** The first kind that a spec names is opened. Modules are loaded when they are needed. */
const KINDS: readonly EncoderKind[] = [
  {
    names: isPackEncoder,
    async open(_, { settings }, openPack) {
      const [{ StaticEncoder, STATIC_DEFAULTS }, pack] = await Promise.all([
        import('./static/static-encoder.js'),
        openPack(),
      ]);
      const encoder = new StaticEncoder(pack, { ...STATIC_DEFAULTS, ...settings });
      if (!(pack instanceof GlossaryPack)) return encoder;
      const { GlossaryEncoder } = await import('./with-glossary.js');
      return new GlossaryEncoder(encoder, pack.glossary);
    },
  },
  {
    names: (spec) => spec === SHIPPED_ENCODER,
    async open(_, options) {
      const encoder = await openNeural(findModel(SHIPPED_ENCODER), options);
      options.onOpened?.('encoder e5 (multilingual-e5-small, 4 bits, on this machine)');
      return encoder;
    },
  },
  {
    names: (spec) => spec.startsWith(FILE),
    resolve: (spec, folder) => `${FILE}${resolve(folder, spec.slice(FILE.length))}`,
    async open(spec) {
      const { FileEncoder } = await import('./file/file-encoder.js');
      return FileEncoder.open(spec.slice(FILE.length));
    },
  },
  {
    names: namesModel,
    resolve: (spec, folder) => (namesFolder(spec) ? resolve(folder, spec) : spec),
    async open(spec, options) {
      const encoder = await openNeural(findModel(spec), options);
      const { identity, card } = encoder;
      options.onOpened?.(`${spec}: ${identity.dim} dimensions, ${describeCard(card)}`);
      return encoder;
    },
  },
  {
    names: (spec) => spec.startsWith(OPENAI),
    async open(spec, { card, signal, onOpened, ...options }) {
      const { RemoteEncoder } = await import('./remote-encoder.js');
      const endpoint = endpointOf(options.endpoint);
      const encoder = await RemoteEncoder.open(spec.slice(OPENAI.length), {
        endpoint,
        card: readCardFields(card),
        signal,
      });
      onOpened?.(
        `${spec} at ${endpoint.url}: ${encoder.identity.dim} dimensions; passages leave this machine`,
      );
      return encoder;
    },
  },
];

async function openNeural(
  model: FoundModel,
  { card, workers, threads, batch }: OpenEncoderOptions,
): Promise<NeuralEncoder> {
  const { NeuralEncoder } = await import('./neural/neural.js');
  return NeuralEncoder.open(model, { card: readCardFields(card), workers, threads, batch });
}

/**
 * @param pack opens the pack (default `base`) that `static` needs
 * @throws XqgError XQG_UNKNOWN_ENCODER, XQG_MODEL_CARD, and what opening the encoder throws
 */
export async function openEncoder(
  spec: string,
  options: OpenEncoderOptions = {},
  pack: OpenPack = () => loadPack('base'),
): Promise<Encoder> {
  return kindOf(spec).open(spec, options, pack);
}

/** True for the encoder that a pack holds all of. */
export function isPackEncoder(spec: string): boolean {
  return spec === 'static';
}

/**
 * A spec with absolute paths: whoever opens it again may stand elsewhere.
 * @throws XqgError XQG_UNKNOWN_ENCODER
 */
export function resolveEncoderSpec(spec: string, folder = '.'): string {
  return kindOf(spec).resolve?.(spec, folder) ?? spec;
}

/** @throws XqgError XQG_UNKNOWN_ENCODER */
function kindOf(spec: string): EncoderKind {
  const kind = KINDS.find(({ names }) => names(spec));
  if (kind === undefined) throw new XqgError('XQG_UNKNOWN_ENCODER', { encoder: spec });
  return kind;
}

/** @throws XqgError XQG_MODEL_CARD */
export function readCardFields(card: string | CardFields | undefined): CardFields {
  if (card === undefined) return {};
  let value: unknown = card;
  if (typeof card === 'string') {
    try {
      value = JSON.parse(card.trimStart().startsWith('{') ? card : readFileSync(card, 'utf8'));
    } catch (cause) {
      const problems = (cause as Error).message;
      throw new XqgError('XQG_MODEL_CARD', { card, problems }, { cause });
    }
  }
  const parsed = cardFields.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'it'}: ${message}`,
  );
  throw new XqgError('XQG_MODEL_CARD', {
    card: JSON.stringify(value),
    problems: problems.join('; '),
  });
}
