/** Questions on which an ANN index is measured: the user's own data, without any judgment. Knows no graph. */
import { sentencesOf } from '../search/sentences.js';
import type { Makers } from './makers.js';
import type { OpenedIndex } from './opened-index.js';
import { generatedQueries } from './passage-queries.js';

export interface AnnQuestions {
  readonly kind: 'generated' | 'passages';
  readonly questions: readonly { readonly text: string; readonly lang: string }[];
}

/** Passages that are sampled, spread evenly over the index. */
const SAMPLE = 100;
/** Characters of a sentence that is asked. */
const LONGEST = 200;

/** One generated query of each sampled passage, languages taking turns; first sentences where no queries can be had. */
export async function annQuestions(opened: OpenedIndex, makers: Makers): Promise<AnnQuestions> {
  const { ids, queryLanguages, manifest } = opened.snapshot;
  const size = Math.min(SAMPLE, ids.length);
  const rows = Array.from({ length: size }, (_, i) => Math.floor(((i + 0.5) * ids.length) / size));
  const questions: { text: string; lang: string }[] = [];
  if (manifest.identity.generator !== null && queryLanguages.length > 0) {
    for (const [i, row] of rows.entries()) {
      const { queries } = await generatedQueries(opened, makers, ids[row]);
      const lang = queryLanguages[i % queryLanguages.length];
      const [text] = queries[lang] ?? [];
      if (text !== undefined) questions.push({ text, lang });
    }
    if (questions.length > 0) return { kind: 'generated', questions };
  }
  for (const { text, lang } of await opened.snapshot.take(rows, ['text', 'lang'])) {
    const [sentence] = sentencesOf(text, lang, LONGEST);
    if (sentence !== undefined) questions.push({ text: sentence.text, lang });
  }
  return { kind: 'passages', questions };
}
