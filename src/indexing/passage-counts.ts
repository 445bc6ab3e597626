/** Counts passages by language and by source, with how sure their languages are. */
import type { Passage } from '../corpus/passage.js';

export interface LanguageCount {
  readonly lang: string;
  readonly passages: number;
  /** Passages whose language was detected, not stated by the data. */
  readonly detected: number;
  /** Mean confidence of the detected ones in [0, 1]; null if there is none. */
  readonly confidence: number | null;
}

export class PassageCounts {
  readonly #languages = new Map<
    string,
    { passages: number; detected: number; confidence: number }
  >();
  readonly #sources = new Map<string, number>();

  add({ lang, langConfidence, source }: Pick<Passage, 'lang' | 'langConfidence' | 'source'>): void {
    const count = this.#languages.get(lang) ?? { passages: 0, detected: 0, confidence: 0 };
    this.#languages.set(lang, count);
    count.passages++;
    if (langConfidence < 1) {
      count.detected++;
      count.confidence += langConfidence;
    }
    this.#sources.set(source, (this.#sources.get(source) ?? 0) + 1);
  }

  /** Most passages first. */
  languages(): LanguageCount[] {
    return [...this.#languages]
      .map(([lang, { passages, detected, confidence }]) => ({
        lang,
        passages,
        detected,
        confidence: detected === 0 ? null : confidence / detected,
      }))
      .sort((a, b) => b.passages - a.passages || (a.lang < b.lang ? -1 : 1));
  }

  /** Passages by source, in alphabetical order. */
  sources(): Record<string, number> {
    return Object.fromEntries([...this.#sources].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
