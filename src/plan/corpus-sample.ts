/** What the beginning of a corpus says of the whole: how many passages, how long, how cut. */
import { XqgError } from '../base/errors.js';
import type { SourceDocument } from '../corpus/passage.js';
import { CorpusProgress } from '../corpus/progress.js';
import { readCorpus } from '../corpus/read-corpus.js';
import { passageSentences } from '../corpus/sentences.js';
import { type CorpusOptions, passagesOf } from '../corpus/split.js';
import type { PassageText } from '../encode/encoder.js';

export interface CorpusSample {
  /** Of the whole corpus: counted where it was read to its end, else by bytes; at least 1. */
  readonly passages: number;
  /** Those that were read. */
  readonly texts: readonly PassageText[];
  /** Their sentences that are encoded alone. */
  readonly sentences: readonly PassageText[];
}

/** Enough for a mean; read again when indexing begins. */
const MOST_PASSAGES = 200;
const MOST_MS = 2000;
/** As long as that for the first document, which may take as long as it can. */
const LATEST_MS = 10_000;

/** Reads at most MOST_PASSAGES, for MOST_MS; what cannot be read is left to the run itself. */
export async function sampleCorpus(
  paths: readonly string[],
  splitting: CorpusOptions = {},
): Promise<CorpusSample> {
  const progress = await CorpusProgress.of(paths);
  const until = performance.now() + MOST_MS;
  const texts: PassageText[] = [];
  const sentences: PassageText[] = [];
  let ended = true;
  const late = AbortSignal.timeout(LATEST_MS);
  for await (const document of readable(paths, late)) {
    if (texts.length >= MOST_PASSAGES || (texts.length > 0 && performance.now() > until)) {
      ended = false;
      break;
    }
    await progress.add(document);
    for (const { title, text, lang } of (await passagesOf(document, splitting)).passages) {
      texts.push({ title, text, lang });
      for (const { start, end } of passageSentences(text, lang))
        sentences.push({ title: '', text: text.slice(start, end), lang });
    }
  }
  if (late.aborted) ended = false;
  const { done, total } = progress.bytes;
  const share = ended || done === 0 ? 1 : done / total;
  return { passages: Math.max(1, Math.round(texts.length / share)), texts, sentences };
}

/** Nothing at all of a corpus that the run will refuse, with a reason. */
async function* readable(
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<SourceDocument> {
  try {
    yield* readCorpus(paths, { onFailure: () => {}, signal });
  } catch (error) {
    if (!(error instanceof XqgError) && !signal.aborted) throw error;
  }
}

/** So many of them, spread over all. */
export function spread<T>(all: readonly T[], most: number): T[] {
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]);
}
