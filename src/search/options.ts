/**
 * The options of a search, each declared once: its type, what it means, and where it can be given.
 * The type of the library, the flags of the command line with their help, the bodies of HTTP
 * requests with /openapi.json and the inputs of MCP tools all follow from `SEARCH_OPTIONS`.
 */

import { z } from 'zod';
import { XqgError } from '../base/errors.js';
import type { ExpandedQuestion, ExpandOptions } from '../expand/apply.js';

/** A whole number of at least `least`. */
export const wholeNumber = (least: number) =>
  z
    .number({ error: 'is not a number' })
    .int('is not a whole number')
    .min(least, `is less than ${least}`);

/** A number within [least, most]. */
export const numberWithin = (least: number, most: number) =>
  z
    .number({ error: 'is not a number' })
    .min(least, `is less than ${least}`)
    .max(most, `is more than ${most}`);

/** One of a few words. */
export const oneOf = <const W extends readonly [string, ...string[]]>(...words: W) =>
  z.enum(words, { error: `is not one of ${words.join(', ')}` });

/** Where an option can be given, besides the library, which takes them all. */
const COMMANDS = ['cli search', 'cli explain'] as const;
const REQUESTS = ['http search', 'http explain'] as const;
const TOOLS = ['mcp search', 'mcp explain'] as const;
export type Place = (typeof COMMANDS)[number] | (typeof REQUESTS)[number] | (typeof TOOLS)[number];

/** Results of one response of a server. */
const MOST_RESULTS = 100;

/** The same type in several places. */
function everyOne<P extends Place, T extends z.ZodType>(
  places: readonly P[],
  type: T,
): Readonly<Record<P, T>> {
  return Object.fromEntries(places.map((place) => [place, type])) as Record<P, T>;
}

/** A language code or tag. */
export const languageTag = z.string().max(35);

const filters = z.array(z.string().max(500)).max(32);

/** A search option, as it is declared. */
export interface OptionDeclaration {
  /** Of its values in the library, and in every place without a type of its own. */
  readonly type: z.ZodType;
  /**
   * For the help of the command line, /openapi.json and MCP: without capital or period, with the
   * default in parentheses where `default` does not say it.
   */
  readonly about: string;
  /** That of every place. */
  readonly default?: unknown;
  readonly places: readonly Place[];
  /** Types of places that spell the option in their own way. */
  readonly typeIn?: Partial<Readonly<Record<Place, z.ZodType>>>;
  /** How the command line spells it. Default: the name in kebab-case. */
  readonly flag?: string;
  /** What stands for the value in the help of the command line; absent for a switch. */
  readonly argument?: string;
  /** A second switch, which means `false`. */
  readonly negation?: { readonly flag: string; readonly about: string };
}

export const SEARCH_OPTIONS = {
  /** Which legs rank the passages. Default `hybrid`. */
  mode: {
    type: oneOf('dense', 'lexical', 'hybrid'),
    about: 'which legs rank the passages: dense, lexical or hybrid',
    default: 'hybrid',
    argument: '<mode>',
    places: [...COMMANDS, ...REQUESTS, ...TOOLS],
  },
  /** With the generated queries (xQG) or without. Default: with, where the index has any. */
  augment: {
    type: z.boolean(),
    about: 'with the generated queries (xQG): on, off or, in a search, both rankings side by side',
    default: 'on',
    argument: '<which>',
    places: [...COMMANDS, ...REQUESTS, 'mcp search'],
    typeIn: {
      ...everyOne(['cli search', 'http search', 'mcp search'], oneOf('on', 'off', 'both')),
      ...everyOne(['cli explain', 'http explain'], oneOf('on', 'off')),
    },
  },
  /** Weight of the generated queries, in [0, 1]. Default: the profile's. */
  alpha: {
    type: numberWithin(0, 1),
    about: 'weight of the generated queries, 0 to 1 (default: that of the profile)',
    argument: '<number>',
    places: [...COMMANDS, ...REQUESTS],
  },
  /** Default: `unit` for encoders with unit-length vectors, else `paper`. */
  profile: {
    type: oneOf('unit', 'paper'),
    about:
      'how queries are fused: unit, or paper, the literal formula of the paper (default: what fits the encoder)',
    argument: '<name>',
    places: [...COMMANDS, ...REQUESTS],
  },
  /** Which languages' generated queries count, in both legs. Default: the profile's. */
  languagePolicy: {
    type: z.union([
      z.enum(['asker', 'all']),
      z
        .record(z.string().max(35), z.number().min(0).max(1000))
        .refine((weights) => Object.keys(weights).length <= 200, 'names more than 200 languages'),
    ]),
    about:
      "which languages' generated queries count: that of the asker, all, or some by their weights (default: that of the profile)",
    places: REQUESTS,
  },
  /**
   * Weight of the best passage of a first pass in the question's vector, >= 0: translations of that
   * passage rise. Default: 0.2 where the mode is `dense`, passages are in several languages and the
   * encoder is that of a pack; else 0, one pass.
   */
  feedback: {
    type: numberWithin(0, 100),
    about:
      'pull the question toward the best passage of a first pass by this weight, so that its translations rise; 0: one pass (default: 0.2 in the mode dense where passages are in several languages)',
    argument: '<weight>',
    places: [...COMMANDS, ...REQUESTS],
  },
  /**
   * Weight of the dense leg in a hybrid, >= 0, against 1 for the lexical leg: 0 orders its hits by
   * words alone. Default: what was tuned for the encoder.
   */
  denseWeight: {
    type: numberWithin(0, 100),
    about:
      'weight of the dense leg in a hybrid, against 1 for the lexical leg (default: what was tuned for the encoder)',
    argument: '<weight>',
    places: [...COMMANDS, ...REQUESTS],
  },
  /**
   * Weight of a passage's best sentence in the dense leg, in [0, 1]; the passage's own vector has
   * the rest. Default: what was tuned for the encoder; 0 where the index has no sentences.
   */
  sentenceWeight: {
    type: numberWithin(0, 1),
    about:
      "weight of a passage's best sentence against the passage as a whole in the dense leg, 0 to 1 (default: what was tuned for the encoder)",
    argument: '<weight>',
    places: [...COMMANDS, ...REQUESTS],
  },
  /**
   * Takes out of the dense scores what vectors say about their language. Default true, where the
   * encoder comes with the means of its languages.
   */
  centering: {
    type: z.boolean(),
    about:
      'take out of the dense scores what vectors say about their language (default, where the encoder comes with the means of its languages)',
    negation: {
      flag: '--no-centering',
      about: 'leave in the dense scores what vectors say about their language',
    },
    places: [...COMMANDS, ...REQUESTS],
  },
  /**
   * Also translate the question's terms (query translation), in the lexical leg. Default: with the
   * generated queries, where the generator has tables.
   */
  translate: {
    type: z.boolean(),
    about:
      'also translate the words of the question, in the lexical leg (default: with the generated queries)',
    negation: {
      flag: '--no-translate',
      about: 'do not translate the words of the question',
    },
    places: [...COMMANDS, ...REQUESTS],
  },
  /** Language of the question, or a weighting over several. Default: detected. */
  lang: {
    type: z.union([
      languageTag,
      z
        .array(z.strictObject({ lang: z.string().min(1).max(35), weight: numberWithin(0, 1) }))
        .min(1)
        .max(18)
        .describe('A weighting over several languages; the weights sum to 1.'),
    ]),
    about: 'language of the question, a code such as th (default: detected)',
    argument: '<code>',
    places: [...COMMANDS, ...REQUESTS, ...TOOLS],
    typeIn: everyOne([...COMMANDS, ...TOOLS], languageTag),
  },
  /**
   * Conditions that must all hold: `year>=2020`, `topic!=sports`. Keys are those of the metadata,
   * and `lang` (of the passage), `document`, `source`, `path`, `title`, `id`.
   */
  filters: {
    type: filters,
    about: 'conditions that must all hold, such as "year>=2020", lang=de or topic!=sports',
    default: [],
    flag: '--filter',
    argument: '<condition>',
    places: ['cli search', ...REQUESTS, 'mcp search'],
  },
  /** Only the best passage of each document; `k` counts documents. */
  groupBy: {
    type: oneOf('document'),
    about: 'group the results by document: only the best passage of each',
    argument: '<what>',
    places: ['cli search', 'http search'],
  },
  /** At most so many results, >= 1. Default 10. */
  k: {
    type: wholeNumber(1),
    about: 'results at most',
    default: 10,
    flag: '-k, --k',
    argument: '<n>',
    places: ['cli search', 'http search', 'mcp search'],
    typeIn: everyOne(
      ['http search', 'mcp search'],
      wholeNumber(1).max(MOST_RESULTS, `is more than ${MOST_RESULTS}`),
    ),
  },
  /**
   * The dense leg through the ANN index: true: it must be there and fit; false: exact search.
   * Default: through it where it is there; exactly, with a warning, where it does not fit.
   */
  ann: {
    type: z.boolean(),
    about: 'only through the ANN index (default: where it was built, see xqg ann)',
    negation: {
      flag: '--exact',
      about: 'look at every passage, also where an ANN index was built',
    },
    places: ['cli search'],
  },
} as const satisfies Record<string, OptionDeclaration>;

type Declarations = typeof SEARCH_OPTIONS;
export type OptionName = keyof Declarations;

/** Lists that are given are not changed. */
type Given<T> = T extends readonly (infer E)[] ? readonly Readonly<E>[] : T;

type DeclaredOptions = {
  readonly [K in OptionName]?: Given<z.output<Declarations[K]['type']>>;
};

/** The options of a search in the library. */
export interface SearchOptions extends DeclaredOptions {
  /**
   * A text that a model writes from the question is searched with it, or one that `XqgIndex.expand`
   * had written from this question before. Default: none.
   */
  readonly expand?: ExpandOptions | ExpandedQuestion;
  /** When aborted, the search ends at its next cancellation point with the signal's reason. */
  readonly signal?: AbortSignal;
}

export type SearchMode = NonNullable<SearchOptions['mode']>;

type NamesIn<P extends Place> = {
  [K in OptionName]: P extends Declarations[K]['places'][number] ? K : never;
}[OptionName];

type TypeIn<D, P extends Place> = D extends { readonly typeIn: Readonly<Record<P, infer T>> }
  ? T
  : D extends { readonly type: infer T }
    ? T
    : never;

/** The options that can be given in a place, as it spells them. */
export type OptionsIn<P extends Place> = {
  readonly [K in NamesIn<P>]?: z.output<TypeIn<Declarations[K], P> & z.ZodType>;
};

type ShapeIn<P extends Place> = {
  -readonly [K in NamesIn<P>]: Declarations[K] extends { readonly default: unknown }
    ? z.ZodDefault<TypeIn<Declarations[K], P> & z.ZodType>
    : z.ZodOptional<TypeIn<Declarations[K], P> & z.ZodType>;
};

/** The declarations of the options that can be given in a place, each with its type there. */
export function declarationsIn(
  place: Place,
): (OptionDeclaration & { readonly name: OptionName })[] {
  return Object.entries<OptionDeclaration>(SEARCH_OPTIONS)
    .filter(([, { places }]) => places.includes(place))
    .map(([name, declaration]) => ({
      ...declaration,
      name: name as OptionName,
      type: declaration.typeIn?.[place] ?? declaration.type,
    }));
}

/** The fields of a zod object for the options of a place, with their defaults and descriptions. */
export function shapeIn<P extends Place>(place: P): ShapeIn<P> {
  const fields = declarationsIn(place).map(({ name, type, about, default: value }) => {
    const described = type.describe(`${about[0].toUpperCase()}${about.slice(1)}.`);
    return [name, value === undefined ? described.optional() : described.default(value)];
  });
  return Object.fromEntries(fields) as ShapeIn<P>;
}

/**
 * Checks the numbers among the options of the library; the other places check by their schemas.
 * @throws XqgError XQG_NUMBER_OUT_OF_RANGE
 */
export function checkNumbers(options: SearchOptions): void {
  for (const [name, { type }] of Object.entries<OptionDeclaration>(SEARCH_OPTIONS)) {
    const value = options[name as OptionName];
    if (value === undefined || !(type instanceof z.ZodNumber) || type.safeParse(value).success)
      continue;
    throw new XqgError('XQG_NUMBER_OUT_OF_RANGE', {
      name,
      value: value as number,
      range: rangeOf(type),
    });
  }
}

function rangeOf({ minValue, maxValue, isInt }: z.ZodNumber): string {
  const isBounded = maxValue !== null && maxValue < Number.MAX_SAFE_INTEGER;
  const range = isBounded ? `${minValue} to ${maxValue}` : `${minValue} or more`;
  return isInt ? `a whole number of ${range}` : range;
}

/** How `augment` is spelled where both rankings can be asked for, as the library's option. */
export function augmentOption(augment: 'on' | 'off' | undefined): Pick<SearchOptions, 'augment'> {
  // With `on`, an index that has no generated queries is searched without them.
  return augment === 'off' ? { augment: false } : {};
}
