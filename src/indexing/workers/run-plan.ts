/**
 * What a run over a queue computes, and with what: every worker opens the same encoder, generator
 * and pack, or refuses. A part is named by what makes its rows and by its passages, so that the
 * same part has the same name wherever and whenever it is planned.
 */

import { XqgError } from '../../base/errors.js';
import { canonicalJson, sha256 } from '../../base/identity.js';
import { version } from '../../base/version.js';
import { WORD_RULES } from '../../languages/analysis.js';
import type { IndexIdentity } from '../manifest.js';
import type { NamedRecipeSpec } from '../recipe.js';

const PLAN_FORMAT = 1;

/** What makes the rows of a run. */
export interface RowOrigin {
  readonly format: number;
  /** Version of xqg: another one may compute otherwise. */
  readonly xqg: string;
  readonly identity: IndexIdentity;
}

export interface RunPlan extends RowOrigin {
  readonly recipe: NamedRecipeSpec;
}

export function rowOrigin(identity: IndexIdentity): RowOrigin {
  return { format: PLAN_FORMAT, xqg: version(), identity };
}

/** 32 hex digits that stand for what makes the rows. */
export function originKey({ format, xqg, identity }: RowOrigin): string {
  return sha256(canonicalJson({ format, xqg, identity })).slice(0, 32);
}

/**
 * The first thing in which two origins differ, with both sides as text; null where they agree.
 */
export function originDifference(
  expected: RowOrigin,
  actual: RowOrigin,
): { readonly what: string; readonly expected: string; readonly actual: string } | null {
  const sides = (of: (origin: RowOrigin) => unknown): [string, string] => [
    canonicalJson(of(expected) ?? null),
    canonicalJson(of(actual) ?? null),
  ];
  for (const [what, of] of COMPARED) {
    const [there, here] = sides(of);
    if (there !== here) return { what, expected: there, actual: here };
  }
  return null;
}

const COMPARED: readonly (readonly [string, (origin: RowOrigin) => unknown])[] = [
  ['version of xqg', ({ xqg }) => xqg],
  ['format of parts', ({ format }) => format],
  ['ICU', ({ identity }) => identity.icu],
  ['version of the rules for words', ({ identity }) => identity.wordRules],
  ['pack', ({ identity }) => identity.pack],
  ['encoder', ({ identity }) => identity.encoder],
  ['generator', ({ identity }) => identity.generator],
  ['rest of the identity', ({ identity }) => ({ ...identity, pack: 0, encoder: 0, generator: 0 })],
];

/**
 * Refuses to compute parts of a plan with anything but what it names.
 * @param opened the recipe that this machine opened
 * @throws XqgError XQG_WORKER_IDENTITY with both sides and the command that makes them agree
 */
export function checkWorker(
  plan: RunPlan,
  opened: Pick<IndexIdentity, 'encoder' | 'generator' | 'pack' | 'glossary'>,
): void {
  const identity = {
    ...plan.identity,
    ...opened,
    icu: process.versions.icu ?? 'none',
    wordRules: WORD_RULES,
  };
  const difference = originDifference(plan, rowOrigin(identity));
  if (difference === null) return;
  const { what, expected: there, actual: here } = difference;
  const remedy = remedyOf(what, plan);
  throw new XqgError('XQG_WORKER_IDENTITY', { what, plan: there, worker: here, remedy });
}

function remedyOf(what: string, { xqg, identity, recipe }: RunPlan): string {
  switch (what) {
    case 'version of xqg':
    case 'format of parts':
    case 'version of the rules for words':
      return `Install the same here: npm install xqg@${xqg}`;
    case 'ICU':
      return `Use a Node.js with ICU ${identity.icu}, like the one of xqg index (node -p process.versions.icu)`;
    case 'pack':
      return `Name the pack with sha256 ${identity.pack?.sha256}: xqg worker --pack FOLDER`;
    case 'encoder':
      return `Name the encoder with weights ${identity.encoder.weights}: xqg worker --encoder ${recipe.encoder ?? 'static'}`;
    default:
      return `Name the generator with weights ${identity.generator?.weights}: xqg worker --generator ${recipe.generator ?? 'none'}`;
  }
}
