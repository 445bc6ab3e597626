/**
 * A condition: one dimension that an experiment varies. Everything about it is in one file of
 * `conditions/`: what a file may say, how it is documented, which systems it varies and how, and
 * how a report shows it.
 */
import type { z } from 'zod';
import type { Encoder } from '../../encode/encoder.js';
import type { Generator } from '../../generate/generator.js';
import type { LanguageMeans } from '../ranking/language-means.js';
import type { TunableSystem } from '../tune.js';
import type { Settings } from '../tune-grid.js';
import type { Variant } from './variant.js';

/** One place on a condition's axis. */
interface Point {
  /** As results have it, its own within the condition and system. */
  readonly point: string | number;
  /** Follows the system's name, e.g. `alpha 0.3`. */
  readonly label: string;
  /** How the system changes there. */
  readonly changes: Partial<Variant>;
}

/** An encoder with a generator, as a condition sees them. */
export interface PairingContext {
  readonly encoderName: string;
  readonly generatorName: string;
  readonly encoder: Encoder;
  readonly generator: Generator;
  /** Mean vectors of languages in the encoder's training text; empty where they are not known. */
  readonly means: LanguageMeans;
  /** Drawn queries a passage and language that are stored. */
  readonly drawn: number;
  /** What tuning chose, by the name of a system without what tuning adds. Absent: nothing. */
  readonly tuned?: ReadonlyMap<string, Settings>;
}

/** The systems that an experiment is about. */
export interface Selection {
  /** Those whose generated queries are varied. */
  readonly of: readonly string[];
  /** These and both systems of the primary hypothesis. */
  readonly compared: readonly string[];
  /** What those stand beside in their legs: the same without generated queries. */
  readonly plain: readonly string[];
}

/** What the values of a condition need before a run: paths are relative to the experiment file. */
export interface Opening {
  readonly file: string;
  readonly signal?: AbortSignal;
}

/** What a point stands beside in tables. */
export interface Comparison {
  /**
   * `plain`: the same leg without generated queries. `plain at the point`: that one at the same
   * point. `given`: the same system at no point.
   */
  readonly with: 'plain' | 'plain at the point' | 'given';
  /** Head of the column. */
  readonly label: string;
}

/** A condition with numbers as points is drawn as a curve. */
export interface Curve {
  /** Follows the system's name in the title. */
  readonly title: string;
  readonly axis: string;
  caption(measure: string, plain: string): string;
  /** True: points that differ significantly from the plain system are filled. */
  readonly tested: boolean;
  /** Where the run's own system stands on the axis. */
  chosen?(system: Variant): number;
}

interface Definition<Values, Resource> {
  /** Its key under `conditions`. */
  readonly key: string;
  readonly schema: z.ZodType<Values>;
  /** Its lines in the commented file of `xqg experiment init`. */
  readonly example: string;
  /** Title and note of its tables. */
  readonly title: string;
  readonly note: string;
  /** One or more, each with tables of its own. Default: the plain system, without queries. */
  readonly comparisons?: readonly Comparison[];
  /** True: its tables also have the systems without generated queries. Default false. */
  readonly showsPlain?: boolean;
  readonly curve?: Curve;
  /** Opens what the values name. Default: the values themselves. */
  open?(values: Values, opening: Opening): Promise<Resource>;
  close?(resource: Resource): Promise<void>;
  /** Drawn queries a passage and language that its points need. Default 0. */
  drawnQueries?(values: Resource): number;
  /** What is tuned besides a system that is tuned, with the same candidates. Default nothing. */
  tunedWith?(system: TunableSystem, values: Resource): readonly TunableSystem[];
  appliesTo(base: Variant, selection: Selection): boolean;
  points(base: Variant, values: Resource, context: PairingContext): readonly Point[];
  /** What a reader should know, e.g. points that are left out for this encoder. */
  notes?(values: Resource, context: PairingContext): readonly string[];
}

export interface Condition
  extends Pick<
    Definition<unknown, unknown>,
    'key' | 'schema' | 'example' | 'title' | 'note' | 'curve'
  > {
  readonly comparisons: readonly Comparison[];
  readonly showsPlain: boolean;
  /** @param values of `schema` */
  open(values: unknown, opening: Opening): Promise<OpenCondition>;
}

/** A condition with the values of a file. */
export interface OpenCondition {
  readonly drawnQueries: number;
  tunedWith(system: TunableSystem): readonly TunableSystem[];
  variants(
    systems: readonly Variant[],
    selection: Selection,
    context: PairingContext,
  ): readonly Variant[];
  notes(context: PairingContext): readonly string[];
  close(): Promise<void>;
}

export const WITHOUT_QUERIES: Comparison = { with: 'plain', label: 'without queries' };

export function defineCondition<Values, Resource = Values>(
  definition: Definition<Values, Resource>,
): Condition {
  const { key, schema, example, title, note, curve } = definition;
  const { comparisons = [WITHOUT_QUERIES], showsPlain = false } = definition;
  return {
    ...{ key, schema, example, title, note, curve, comparisons, showsPlain },
    open: async (values, opening) => {
      const resource = definition.open
        ? await definition.open(values as Values, opening)
        : (values as unknown as Resource);
      return {
        drawnQueries: definition.drawnQueries?.(resource) ?? 0,
        tunedWith: (system) => definition.tunedWith?.(system, resource) ?? [],
        variants: (systems, selection, context) =>
          systems
            .filter((base) => definition.appliesTo(base, selection))
            .flatMap((base) =>
              definition.points(base, resource, context).map(({ point, label, changes }) => ({
                ...base,
                ...changes,
                name: `${base.name}, ${label}`,
                condition: key,
                point,
              })),
            ),
        notes: (context) => definition.notes?.(resource, context) ?? [],
        close: async () => definition.close?.(resource),
      };
    },
  };
}

/** Systems whose generated queries are varied. */
export function isVaried({ system }: Variant, { of }: Selection): boolean {
  return of.includes(system.name) && system.augment !== 'off';
}

/** The same, of those with a dense leg. */
export function isVariedDense(base: Variant, selection: Selection): boolean {
  return isVaried(base, selection) && base.system.mode !== 'lexical';
}

/** Systems of the primary hypothesis and varied ones. */
export function isCompared({ system }: Variant, { compared }: Selection): boolean {
  return compared.includes(system.name);
}

/** Those and the same without generated queries, of the systems with a dense leg. */
export function isComparedDense(base: Variant, selection: Selection): boolean {
  const { system, name } = base;
  return (
    system.mode !== 'lexical' && (isCompared(base, selection) || selection.plain.includes(name))
  );
}
