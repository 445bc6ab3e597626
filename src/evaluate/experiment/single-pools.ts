/**
 * Data sets with one pool that all questions are asked of: a BEIR folder, and XOR-TyDi with a
 * corpus.
 */

import { detectLanguage } from '../../languages/detect.js';
import { openBeir } from '../data/beir.js';
import type { EvaluationQuery, TestCollection } from '../data/collection.js';
import { sourceOf } from '../data/data-folder.js';
import { absentNote, loadPool } from '../data/multilingual-retrieval.js';
import { requireLanguages } from '../data/squad.js';
import { loadXorCorpus, type XorCorpusOptions } from '../data/xor.js';
import { AnswerSearch } from '../measures/xor/answer-recall.js';
import { FEW_ABBREVIATIONS, sentencesOf } from '../measures/xor/punkt.js';
import { loadPunkt, punktFiles } from '../measures/xor/punkt-files.js';
import { treebankTokens } from '../measures/xor/treebank.js';
import { type ReportedSet, singlePoolSet } from './reported-set.js';
import type { DataSpec } from './spec.js';

/**
 * Every query belongs to the language that its row names, else to the one given, else to the one
 * detected.
 */
export async function openBeirFolder(
  directory: string,
  { split, langs, 'query-lang': queryLang, 'passage-lang': passageLang }: DataSpec,
): Promise<ReportedSet> {
  const detect = async (text: string) => (await detectLanguage(text)).lang;
  const test = await openBeir({ directory, split, queryLang, passageLang, detect });
  const { passages, absent } = await loadPool(test);
  const byLang = new Map<string, EvaluationQuery[]>();
  for (const query of test.queries)
    byLang.set(query.lang, [...(byLang.get(query.lang) ?? []), query]);
  const present = [...byLang.keys()].sort();
  requireLanguages('BEIR', directory, langs, present);
  const tests = present
    .filter((lang) => langs?.includes(lang) ?? true)
    .map((lang): [string, TestCollection] => {
      const queries = byLang.get(lang)!;
      return [
        lang,
        { ...test, queries, qrels: new Map(queries.map(({ id }) => [id, test.qrels.get(id)!])) },
      ];
    });
  const detected = test.queries.filter(({ langGiven }) => !langGiven).length;
  const notes = [...test.notes];
  if (absent > 0) notes.push(absentNote(test.name, absent));
  if (detected > 0)
    notes.push(
      `${test.name}: the language of ${detected} of ${test.queries.length} queries was detected, not given`,
    );
  return singlePoolSet({
    name: `beir/${test.name}`,
    setting: 'beir',
    passages,
    tests: new Map(tests),
    sources: test.sources,
    notes,
  });
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
    passages,
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
