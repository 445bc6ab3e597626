/**
 * Builds an ANN index beside an index: for one weighting of the generated queries, measured against
 * exact search on the index's own data, with the rows that it names beside it.
 */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ProfileName } from '../augment/profiles.js';
import { makeFolder, replaceAtomically, syncFile, syncFolder } from '../base/atomic-write.js';
import { meanOf } from '../base/numbers.js';
import type { LanguageSums } from '../encode/centroids.js';
import { Graph, graphIdentity } from '../indexing/ann/graph.js';
import {
  ANN_FORMAT,
  type AnnRecall,
  type AnnRecord,
  annFolder,
  annRecordPath,
  GRAPH_FILE,
  rowsOfVersion,
  writeAnnRecord,
} from '../indexing/ann/record.js';
import { scanLanguageSums, writeAnnRows } from '../indexing/ann/rows.js';
import { writeChecksums } from '../indexing/durability/checksums.js';
import type { IndexSnapshot } from '../indexing/open.js';
import type { LanguageWeight } from '../languages/terms.js';
import { quantizedCount, rowsOfBytes } from '../store/quantize.js';
import type { Column, IndexedPassage } from '../store/store.js';
import {
  buildAndScan,
  type Formula,
  type MeasuredQuestion,
  type RowBlock,
  recallOf,
} from './ann-measurement.js';
import { generatedQueries } from './contents.js';
import { Centering } from './dense/centering.js';
import type { SingleRowTerms } from './dense/row-terms.js';
import type { SearchEngine } from './engine.js';
import type { WholeIndex } from './opened/searchable.js';
import { policyWeights } from './request.js';
import { shortSentences } from './snippet.js';

export interface AnnOptions {
  /** Mean recall at 10 of the dense leg to reach, in (0, 1]. Default .95. */
  readonly recall?: number;
  /** Default: that of searches. */
  readonly profile?: ProfileName;
  /** In [0, 1]. Default: that of searches. */
  readonly alpha?: number;
  /** Languages whose generated queries count in the graph. Default: all of the index, alike. */
  readonly languages?: readonly string[];
  readonly signal?: AbortSignal;
  /** @param share in [0, 1] */
  readonly onProgress?: (share: number, rows: number) => void;
}

const RECALL = 0.95;
/** Expansions and numbers of candidates to try; the least that suffice are used. */
const SIZES = [64, 128, 256, 512, 1024, 2048, 4096, 8192];
/** Rows of a block. */
const BLOCK = 1024;

/**
 * Builds an ANN index for the version that is open; the one before is replaced once this one is
 * whole. A killed build leaves the one before, and begins anew.
 *
 * @throws XqgError XQG_ANN_PACKAGE, XQG_NUMBER_OUT_OF_RANGE
 */
export async function buildAnn(index: WholeIndex, options: AnnOptions): Promise<AnnRecord> {
  const { snapshot, engine, scanner } = index;
  const { encoder } = index.recipe;
  const began = performance.now();
  const { dim, queriesPerLanguage } = snapshot;
  const n = snapshot.ids.length;
  const { formula, profile } = graphFormula(engine, options);
  const { kind, questions: sample } = await annQuestions(index);
  const alphas = [
    ...new Set([formula.alpha, 0, formula.alpha / 2, Math.min(1, 2 * formula.alpha)]),
  ];
  const vectors = await encoder.encodeQueries(
    sample.map(({ text, lang }) => ({ text, languages: [{ lang, weight: 1 }] })),
  );
  const sums = encoder.centroids ? await scanLanguageSums(snapshot, options.signal) : null;
  const terms = termsOf(engine, snapshot, sums);
  const { centering } = terms;
  const questions = sample
    .map(({ lang }, i) => {
      const own = vectors.subarray(i * dim, (i + 1) * dim);
      const languages = [{ lang, weight: 1 }];
      const vector = centering?.centering.question(own, languages, centering.weights) ?? own;
      const proposal = centering?.centering.proposal(vector, centering.weights) ?? vector;
      const formulas = alphas.map((alpha) => formulaFor(engine, profile, alpha, lang));
      return { lang, vector, proposal, formulas };
    })
    .filter(({ vector }) => vector.some((value) => value !== 0));
  // Renormalized vectors have unit length; without queries those of the encoder are searched.
  const unitLength = encoder.identity.unitLength && (formula.renormalize || formula.alpha === 0);
  const shape = { dim, unitLength };
  const graph = await Graph.create(shape);
  const needed = [formula, ...questions.flatMap(({ formulas }) => formulas)].flatMap(
    ({ languages }) => languages.map(({ lang }) => lang),
  );
  const lists = await buildAndScan(
    graph,
    formula,
    blocksOf(snapshot, [...new Set(needed)].sort(), terms.sentenceWeight > 0),
    questions,
    {
      dim,
      queriesPerLanguage,
      scanner,
      terms,
      signal: options.signal,
      onRows: (rows) => options.onProgress?.(rows / n, rows),
    },
  );
  const exact = alphas.map((_, a) => lists.map((ofQuestion) => ofQuestion[a].rows()));
  const { recall: wantedRecall = RECALL } = options;
  const { expansion, candidates, found } = fewestRows(graph, questions, n, (sets) => {
    return meanRecall(recallOf(sets, exact[0], 10)) >= wantedRecall;
  });
  const recall = alphas.map((alpha, a): AnnRecall => {
    return {
      alpha,
      at10: meanRecall(recallOf(found, exact[a], 10)),
      at100: meanRecall(recallOf(found, exact[a], 100)),
    };
  });
  const byQuestion = recallOf(found, exact[0], 10);
  const byLanguage: Record<string, number> = {};
  for (const lang of [...new Set(questions.map((question) => question.lang))].sort()) {
    byLanguage[lang] = meanRecall(byQuestion.filter((_, q) => questions[q].lang === lang));
  }
  const rows = rowsOfVersion(snapshot);
  const saved = await saveFiles(snapshot, graph, rows, sums, options.signal);
  const record: AnnRecord = {
    format: ANN_FORMAT,
    rows,
    passages: n,
    ...saved,
    graph: graphIdentity(shape),
    unitLength,
    profile,
    alpha: formula.alpha,
    languages: formula.languages,
    expansion,
    candidates,
    wantedRecall,
    recall,
    byLanguage,
    questions: { count: questions.length, kind },
    built: new Date().toISOString(),
    seconds: (performance.now() - began) / 1000,
  };
  await writeAnnRecord(snapshot.dir, record);
  await removeOthers(snapshot.dir, record.files);
  return record;
}

/** What searches count beside the fused rows, where their options say nothing. */
function termsOf(
  engine: SearchEngine,
  snapshot: IndexSnapshot,
  sums: LanguageSums | null,
): SingleRowTerms {
  const { sentenceWeight, centering: weights } = engine.denseTerms({});
  const weight = snapshot.manifest.identity.sentences === true ? sentenceWeight : 0;
  const { centroids } = engine.encoder;
  const centering =
    weights === null || sums === null || centroids === undefined
      ? null
      : new Centering(centroids, snapshot, sums.centroids(centroids.passages));
  return {
    sentenceWeight: weight,
    fusedShare: 1 - weight,
    centering: centering && { centering, weights: weights! },
  };
}

/** The weighting of the graph. */
function graphFormula(
  engine: SearchEngine,
  { profile, alpha, languages }: AnnOptions,
): { formula: Formula; profile: ProfileName } {
  const { queryLanguages } = engine.snapshot;
  const chosen = (languages ?? queryLanguages).filter((lang) => queryLanguages.includes(lang));
  const weighted = chosen.map((lang) => ({ lang, weight: 1 / chosen.length }));
  const augmentation = engine.augmentation({ ...REQUEST, languages: weighted, profile, alpha });
  const { variant, renormalize } = augmentation;
  const weights = chosen.map((lang) => ({ lang, weight: 1 })).sort(byLang);
  const used = weights.length === 0 ? 0 : augmentation.alpha;
  return {
    formula: { variant, alpha: used, renormalize, languages: weights },
    profile: augmentation.name,
  };
}

/** What a question in a language is compared with. */
function formulaFor(
  engine: SearchEngine,
  profile: ProfileName,
  alpha: number,
  lang: string,
): Formula {
  const { queryLanguages } = engine.snapshot;
  const augmentation = engine.augmentation({
    ...REQUEST,
    languages: [{ lang, weight: 1 }],
    profile,
    alpha,
  });
  const languages: LanguageWeight[] = policyWeights(augmentation.languages, lang, queryLanguages)
    .filter((each) => each.weight > 0 && queryLanguages.includes(each.lang))
    .sort(byLang);
  return { variant: augmentation.variant, alpha, renormalize: augmentation.renormalize, languages };
}

/** The rest of a request, which does not matter to its augmentation. */
const REQUEST = { question: '', mode: 'dense', augment: true, k: 10 } as const;

function byLang(a: LanguageWeight, b: LanguageWeight): number {
  return a.lang < b.lang ? -1 : 1;
}

async function* blocksOf(
  snapshot: IndexSnapshot,
  languages: readonly string[],
  withSentences: boolean,
): AsyncGenerator<RowBlock> {
  const { dim } = snapshot;
  let firstRow = 0;
  let rows: Pick<IndexedPassage, 'vector' | 'sums' | 'sentences'>[] = [];
  const block = (): RowBlock => {
    const passages = new Float32Array(rows.length * dim);
    const sums = new Map(languages.map((lang) => [lang, new Float32Array(rows.length * dim)]));
    const starts = new Uint32Array(rows.length + 1);
    rows.forEach((row, r) => {
      passages.set(row.vector, r * dim);
      for (const [lang, sum] of row.sums ?? []) sums.get(lang)?.set(sum, r * dim);
      starts[r + 1] = starts[r] + (withSentences ? quantizedCount(row.sentences, dim) : 0);
    });
    const langs = snapshot.langs.slice(firstRow, firstRow + rows.length);
    if (!withSentences) return { firstRow, passages, sums, langs, sentences: null, starts };
    const sentences = new Float32Array(starts[rows.length] * dim);
    rows.forEach((row, r) => {
      const { scales, steps } = rowsOfBytes(row.sentences, dim);
      for (let i = 0; i < steps.length; i++)
        sentences[starts[r] * dim + i] = steps[i] * scales[Math.floor(i / dim)];
    });
    return { firstRow, passages, sums, langs, sentences, starts };
  };
  const columns: Column[] = [
    'vector',
    ...(languages.length === 0 ? [] : (['sums'] as const)),
    ...(withSentences ? (['sentences'] as const) : []),
  ];
  for await (const batch of snapshot.scan(columns, { languages })) {
    for (const row of batch as typeof rows) {
      rows.push(row);
      if (rows.length < BLOCK) continue;
      yield block();
      firstRow += rows.length;
      rows = [];
    }
  }
  if (rows.length > 0) yield block();
}

async function saveFiles(
  snapshot: IndexSnapshot,
  graph: Graph,
  rows: string,
  sums: LanguageSums | null,
  signal?: AbortSignal,
): Promise<Pick<AnnRecord, 'files' | 'graphBytes' | 'bytes'>> {
  const files = `${rows.slice(0, 12)}-${Date.now()}`;
  const folder = annFolder(snapshot.dir, { files });
  await makeFolder(dirname(folder));
  const rowBytes = await replaceAtomically(folder, async (unfinished) => {
    await mkdir(unfinished);
    graph.save(join(unfinished, GRAPH_FILE));
    const bytes = await writeAnnRows(snapshot, unfinished, sums, signal);
    await writeChecksums(unfinished);
    for (const name of await readdir(unfinished)) await syncFile(join(unfinished, name));
    await syncFolder(unfinished);
    return bytes;
  });
  await syncFolder(dirname(folder));
  const graphBytes = (await stat(join(folder, GRAPH_FILE))).size;
  return { files, graphBytes, bytes: graphBytes + rowBytes };
}

/** Files of those before this one, and what a killed build left. */
async function removeOthers(dir: string, current: string): Promise<void> {
  const record = annRecordPath(dir);
  const folder = dirname(record);
  for (const name of await readdir(folder)) {
    if (name === current || name === basename(record)) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/**
 * The least expansion with which enough is found, or the largest one if none will do; then the
 * fewest of the rows found that are still enough.
 */
function fewestRows(
  graph: Graph,
  questions: readonly MeasuredQuestion[],
  n: number,
  isEnough: (found: readonly ReadonlySet<number>[]) => boolean,
): { expansion: number; candidates: number; found: readonly ReadonlySet<number>[] } {
  const tried = SIZES.filter((size, i) => i === 0 || size < n);
  const firstOf = (lists: readonly Uint32Array[], count: number) =>
    lists.map((rows) => new Set(rows.subarray(0, count)));
  let expansion = tried[0];
  let lists: readonly Uint32Array[] = [];
  for (const size of tried) {
    expansion = size;
    lists = questions.map(({ proposal }) => graph.search(proposal, size, size));
    if (isEnough(firstOf(lists, size))) break;
  }
  const candidates =
    tried.find((size) => size >= expansion || isEnough(firstOf(lists, size))) ?? expansion;
  return { expansion, candidates, found: firstOf(lists, candidates) };
}

/** Of no questions, everything was found. */
function meanRecall(recalls: readonly number[]): number {
  return recalls.length === 0 ? 1 : meanOf(recalls);
}

/** Questions on which an ANN index is measured: the user's own data, without any judgment. */
interface AnnQuestions {
  readonly kind: 'generated' | 'passages';
  readonly questions: readonly { readonly text: string; readonly lang: string }[];
}

/** Passages that are sampled, spread evenly over the index. */
const SAMPLE = 100;
/** Characters of a sentence that serves as a question, at most. */
const LONGEST = 200;

/**
 * One generated query of each sampled passage, languages taking turns; first sentences where no
 * queries can be had.
 */
async function annQuestions(index: WholeIndex): Promise<AnnQuestions> {
  const { ids, queryLanguages, manifest } = index.snapshot;
  const size = Math.min(SAMPLE, ids.length);
  const rows = Array.from({ length: size }, (_, i) => Math.floor(((i + 0.5) * ids.length) / size));
  const questions: { text: string; lang: string }[] = [];
  if (manifest.identity.generator !== null && queryLanguages.length > 0) {
    for (const [i, row] of rows.entries()) {
      const { queries } = await generatedQueries(index, ids[row]);
      const lang = queryLanguages[i % queryLanguages.length];
      const [text] = queries[lang] ?? [];
      if (text !== undefined) questions.push({ text, lang });
    }
    if (questions.length > 0) return { kind: 'generated', questions };
  }
  for (const { text, lang } of await index.snapshot.take(rows, ['text', 'lang'])) {
    const [sentence] = shortSentences(text, lang, LONGEST);
    if (sentence !== undefined) questions.push({ text: sentence.text, lang });
  }
  return { kind: 'passages', questions };
}
