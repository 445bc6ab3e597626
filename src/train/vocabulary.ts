/**
 * Numbers for terms while training, with how often each was seen and in which written form most often. Stems are matched,
 * but people read words: generated queries show the form.
 */
export class Vocabulary {
  readonly #ids = new Map<string, number>();
  readonly terms: string[] = [];
  readonly counts: number[] = [];
  readonly #forms: Map<string, number>[] = [];

  get size(): number {
    return this.terms.length;
  }

  /** Counts one sighting of a term in a written form and returns the term's number. */
  add(term: string, surface: string, count = 1): number {
    let id = this.#ids.get(term);
    if (id === undefined) {
      id = this.terms.length;
      this.#ids.set(term, id);
      this.terms.push(term);
      this.counts.push(0);
      this.#forms.push(new Map());
    }
    this.counts[id] += count;
    const forms = this.#forms[id];
    forms.set(surface, (forms.get(surface) ?? 0) + count);
    return id;
  }

  id(term: string): number | undefined {
    return this.#ids.get(term);
  }

  /** Written forms of a term with their counts. */
  formsOf(id: number): ReadonlyMap<string, number> {
    return this.#forms[id];
  }

  /** The most frequent written form; the shorter, then the alphabetically first among equals. */
  surfaceOf(id: number): string {
    let best = '';
    let most = -1;
    for (const [form, count] of this.#forms[id]) {
      const better =
        count > most ||
        (count === most && (form.length < best.length || (form.length === best.length && form < best)));
      if (better) {
        best = form;
        most = count;
      }
    }
    return best;
  }
}
