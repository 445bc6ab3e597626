/** The systems that are compared, as plain descriptions. */
import { XqgError } from '../base/errors.js';

export interface System {
  /** As tables and results write it. */
  readonly name: string;
  readonly mode: 'dense' | 'lexical' | 'hybrid';
  /**
   * Whose generated queries count: nobody's, those in the language of the question, or all (as in
   * the paper).
   */
  readonly augment: 'off' | 'asker' | 'all';
  /** True: n drawn queries stand in for the generator's expectation. */
  readonly drawn: boolean;
  /**
   * True: the question's terms are also translated by the same tables (probabilistic structured
   * queries).
   */
  readonly translate: boolean;
}

/** Drawn queries for each passage and language in the `+xqg(n=5)` systems. */
export const DRAWN_QUERIES = 5;

const LEGS = [
  { leg: 'dense', mode: 'dense' },
  { leg: 'bm25', mode: 'lexical' },
  { leg: 'hybrid', mode: 'hybrid' },
] as const;

/** Every system, in the order in which tables show them. */
export const SYSTEMS: readonly System[] = LEGS.flatMap(({ leg, mode }): System[] => {
  const plain: System = { name: leg, mode, augment: 'off', drawn: false, translate: false };
  const generated: System[] = [
    plain,
    { ...plain, name: `${leg}+xqg`, augment: 'asker' },
    { ...plain, name: `${leg}+xqg-all`, augment: 'all' },
    { ...plain, name: `${leg}+xqg(n=${DRAWN_QUERIES})`, augment: 'asker', drawn: true },
  ];
  if (mode === 'dense') return generated;
  generated.push({ ...plain, name: `${leg}+qt`, translate: true });
  if (mode === 'hybrid')
    generated.push({ ...plain, name: `${leg}+qt+xqg`, augment: 'asker', translate: true });
  return generated;
});

/**
 * The systems whose parameters can be tuned: those with the generator's expectation in the language
 * of the question.
 */
export const TUNABLE_SYSTEMS: readonly System[] = SYSTEMS.filter(
  ({ augment, drawn }) => augment !== 'all' && !drawn,
);

/**
 * The systems with these names, in the order of `among`.
 * @throws XqgError XQG_UNKNOWN_SYSTEM
 */
export function systemsNamed(
  names: readonly string[],
  among: readonly System[] = SYSTEMS,
): System[] {
  for (const name of names) {
    if (among.some((system) => system.name === name)) continue;
    const known = among.map((system) => system.name).join(', ');
    throw new XqgError('XQG_UNKNOWN_SYSTEM', { system: name, known });
  }
  return among.filter(({ name }) => names.includes(name));
}

/** Follows the name of a system whose parameters were chosen in the run; others have defaults. */
export const TUNED = ' (tuned)';

/** A system as its name says it, without what tuning adds. */
export function untunedName({ name }: Pick<System, 'name'>): string {
  return name.endsWith(TUNED) ? name.slice(0, -TUNED.length) : name;
}

export function isTuned({ name }: Pick<System, 'name'>): boolean {
  return name.endsWith(TUNED);
}
