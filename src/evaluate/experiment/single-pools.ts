/**
 * Data sets with one pool for all questions: a BEIR folder, and XOR-TyDi with a
 * corpus.
 */

import { detectLanguage } from '../../languages/detect.js';
import { openBeir } from '../data/beir.js';
import type { EvaluationQuery, TestCollection } from '../data/collection.js';
import { sourceOf } from '../data/data-folder.js';
import { requireLanguages } from '../data/squad.js';
import { loadXorCorpus, type XorCorpusOptions } from '../data/xor.js';
import { AnswerSearch } from '../measures/xor/answer-recall.js';
import { FEW_ABBREVIATIONS, sentencesOf } from '../measures/xor/punkt.js';
import { loadPunkt, punktFiles } from '../measures/xor/punkt-files.js';
import { treebankTokens } from '../measures/xor/treebank.js';
import { passagesInMemory, streamedPassages } from '../ranking/block.js';
import { type ReportedSet, singlePoolSet } from './reported-set.js';
import { BEIR_DEPTH, type DataSpec } from './spec.js';

/** Stands for the language of questions whose rows name none. */
export const UNKNOWN_LANGUAGE = 'unknown';

/**
 * Questions by the language that their rows name, else the one given; the others are one group, and
 * search detects the language of each.
 */
export async function openBeirFolder(
  directory: string,
  { split, langs, depth = BEIR_DEPTH, ...given }: DataSpec,
): Promise<ReportedSet> {
  const { 'query-lang': queryLang, 'passage-lang': passageLang } = given;
  const leavesOutOwnId = given['identical-ids'] !== 'keep';
  const detect = async (text: string) => (await detectLanguage(text)).lang;
  const test = await openBeir({ directory, split, queryLang, passageLang, detect });
  const passages = await streamedPassages(() => test.passages());
  const byLang = new Map<string, EvaluationQuery[]>();
  for (const query of test.queries) {
    const lang = query.langGiven ? query.lang : UNKNOWN_LANGUAGE;
    byLang.set(lang, [...(byLang.get(lang) ?? []), query]);
  }
  const present = [...byLang.keys()].sort();
  requireLanguages('BEIR', directory, langs, present);
  const tests = present
    .filter((lang) => langs?.includes(lang) ?? true)
    .map((lang): [string, TestCollection] => {
      const queries = byLang.get(lang)!;
      return [
        lang,
        {
          ...test,
          leavesOutOwnId,
          queries,
          qrels: new Map(queries.map(({ id }) => [id, test.qrels.get(id)!])),
        },
      ];
    });
  return singlePoolSet({
    name: `beir/${test.name}`,
    setting: 'beir',
    passages,
    tests: new Map(tests),
    depth,
    sources: test.sources,
    notes: [
      ...test.notes,
      ...(leavesOutOwnId ? identicalIds(test, passages.ids) : []),
      ...notesOf(test, passages.ids, depth),
    ],
  });
}

/** What leaving out the passages with the ids of queries means. */
function identicalIds({ queries, qrels }: TestCollection, passageIds: readonly string[]): string[] {
  const present = new Set(passageIds);
  const same = queries.filter(({ id }) => present.has(id));
  if (same.length === 0) return [];
  const relevant = same.filter(({ id }) => (qrels.get(id)!.get(id) ?? 0) > 0).length;
  const lost =
    relevant === 0
      ? ''
      : `; ${relevant} of these passages are judged relevant and count as not found: if queries and passages are only numbered alike, --keep-identical-ids (identical-ids: keep) ranks them`;
  return [
    `${same.length} of ${queries.length} queries have the id of a passage, which is left out of their ranking, as BEIR does${lost}`,
  ];
}

function notesOf(
  { queries, qrels }: TestCollection,
  passageIds: readonly string[],
  depth: number,
): string[] {
  const notes: string[] = [];
  const present = new Set(passageIds);
  const size = passageIds.length;
  const absent = [...qrels.values()]
    .flatMap((judgments) => [...judgments])
    .filter(([id, relevance]) => relevance > 0 && !present.has(id)).length;
  if (absent > 0)
    notes.push(
      `${absent} relevant passages of the qrels are not in the corpus and count as not found`,
    );
  if (depth < size) {
    const cut = `rankings are cut at ${depth.toLocaleString('en-US')} of ${size.toLocaleString('en-US')} passages`;
    notes.push(`${cut}: a relevant passage beyond counts as not found`);
  }
  const detected = queries.filter(({ langGiven }) => !langGiven).length;
  if (detected > 0)
    notes.push(`the language of ${detected} of ${queries.length} queries was detected, not given`);
  return notes;
}

/** @param most the largest limit of a measure, in tokens */
export async function openXor(
  { punkt, ...options }: XorCorpusOptions & { readonly punkt?: string },
  most: number,
): Promise<ReportedSet> {
  const { tests, passages, questions } = await loadXorCorpus(options);
  const [{ sources, notes }] = tests.values();
  const parameters = punkt === undefined ? FEW_ABBREVIATIONS : await loadPunkt(punkt);
  const trained = punkt === undefined ? [] : await Promise.all(punktFiles(punkt).map(sourceOf));
  const plain =
    "sentences were cut with a short list of abbreviations; for figures to publish give NLTK's trained parameters (punkt)";
  return singlePoolSet({
    name: 'xor-tydi',
    setting: 'xor',
    passages: passagesInMemory(passages),
    tests,
    sources: [...sources, ...trained],
    notes: punkt === undefined ? [...notes, plain] : notes,
    answers: new AnswerSearch({
      questions,
      tokenize: (text) => sentencesOf(text, parameters).flatMap(treebankTokens),
      tokenizer: `treebank, punkt ${trained.map(({ sha256 }) => sha256).join(' ') || 'abbreviations'}`,
      most,
    }),
  });
}
