/** Keeps views, so that the lengths of a language's generated field are summed once. Knows no score. */
import type { LanguageWeight } from '../../languages/terms.js';
import type { LexicalSegment } from './segment.js';
import { generatedLengths, type Lengths, LexicalView, type ViewSettings } from './view.js';

/** Views kept per table; more are forgotten, oldest first (each holds 4 bytes a passage). */
const KEPT_VIEWS = 64;
const NO_FACTORS = {};

export class ViewCache {
  readonly #segments: readonly LexicalSegment[];
  readonly #own: Lengths;
  readonly #views = new WeakMap<object, Map<string, LexicalView>>();
  /** By table and language, 8 bytes a passage each: views of several languages are sums of these. */
  readonly #lengths = new WeakMap<object, Map<string, Float64Array>>();

  /** @param own lengths of the passages' own terms over all segments */
  constructor(segments: readonly LexicalSegment[], own: Lengths) {
    this.#segments = segments;
    this.#own = own;
  }

  view(languages: string | readonly LanguageWeight[], settings: ViewSettings): LexicalView {
    const weights = typeof languages === 'string' ? [{ lang: languages, weight: 1 }] : languages;
    const { factors, ...numbers } = settings;
    let views = this.#views.get(factors ?? NO_FACTORS);
    if (views === undefined) {
      views = new Map();
      this.#views.set(factors ?? NO_FACTORS, views);
    }
    const pairs = weights.map(({ lang, weight }) => [lang, weight]);
    const key = JSON.stringify([pairs, Object.entries(numbers).sort()]);
    let view = views.get(key);
    if (view === undefined) {
      view = new LexicalView(weights, settings, this.#own, (lang) => this.#lengthsIn(lang, factors));
      if (views.size >= KEPT_VIEWS) views.delete(views.keys().next().value!);
      views.set(key, view);
    }
    return view;
  }

  #lengthsIn(lang: string, factors: ViewSettings['factors']): Float64Array {
    const known = this.#lengths.get(factors ?? NO_FACTORS) ?? new Map<string, Float64Array>();
    this.#lengths.set(factors ?? NO_FACTORS, known);
    const lengths = known.get(lang) ?? generatedLengths(this.#segments, lang, factors);
    known.set(lang, lengths);
    return lengths;
  }
}
