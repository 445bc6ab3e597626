/** What an experiment's questions are expanded by, opened by their names in the file. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Expansion } from '../../expand/apply.js';
import { expansionsOf } from '../../expand/apply.js';
import type { Expander } from '../../expand/expander.js';
import { openExpander } from '../../expand/open-expander.js';
import type { TestCollection } from '../data/collection.js';
import type { Identity } from '../ranking/artifact-store.js';
import type { ExpansionSpec } from './spec.js';
import type { Variant } from './variants.js';

/** Questions that are asked together. */
const TOGETHER = 64;

interface NamedExpander {
  readonly spec: ExpansionSpec;
  readonly by: Expander;
}

export class ExperimentExpansions {
  readonly #named = new Map<string, NamedExpander>();

  /**
   * Sends nothing yet. Throws what `openExpander` throws.
   * @param folder paths are relative to it
   */
  static async open(
    specs: readonly ExpansionSpec[],
    folder: string,
    signal?: AbortSignal,
  ): Promise<ExperimentExpansions> {
    const expansions = new ExperimentExpansions();
    for (const spec of specs) {
      const { by, prompt, endpoint } = spec;
      const opened = await openExpander(by.startsWith('openai:') ? by : resolve(folder, by), {
        // A name of a shipped prompt is no file.
        prompt:
          prompt !== undefined && existsSync(resolve(folder, prompt))
            ? resolve(folder, prompt)
            : prompt,
        endpoint: endpoint === undefined ? undefined : resolve(folder, endpoint),
        signal,
      });
      expansions.#named.set(spec.name, { spec, by: opened });
    }
    return expansions;
  }

  /** What ranks depend on besides; nothing for a variant whose questions are as they are. */
  identity({ expansion, system }: Pick<Variant, 'expansion' | 'system'>): Identity {
    if (expansion === null) return {};
    const { spec, by } = this.#of(expansion);
    const { how, weight = null, lang = null } = spec;
    // A mixed-in vector does not reach the lexical leg.
    if (how === 'mix' && system.mode === 'lexical') return {};
    return { expansion: { by: by.identity, how, weight, lang } };
  }

  /** In the order of the questions; null for a variant whose questions are as they are. */
  async of(
    { expansion }: Pick<Variant, 'expansion'>,
    { queries }: Pick<TestCollection, 'queries'>,
    lang: string,
  ): Promise<readonly Expansion[] | null> {
    if (expansion === null) return null;
    const { spec, by } = this.#of(expansion);
    const languages = [{ lang, weight: 1 }];
    const { how, weight } = spec;
    const written: Expansion[] = [];
    for (let from = 0; from < queries.length; from += TOGETHER) {
      const asked = queries.slice(from, from + TOGETHER).map(({ text }) => ({ text, languages }));
      written.push(...(await expansionsOf(asked, { by, how, weight, lang: spec.lang })));
    }
    return written;
  }

  async close(): Promise<void> {
    for (const { by } of this.#named.values()) await by.close?.();
  }

  #of(name: string): NamedExpander {
    const named = this.#named.get(name);
    if (named === undefined) throw new RangeError(`no expansion is called ${name}`);
    return named;
  }
}
