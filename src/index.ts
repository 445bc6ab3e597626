/**
 * The public API of xqg. Everything else may change without notice.
 *
 *     const index = await openIndex('my-index', { create: true });
 *     await index.add([{ id: '1', title: 'Bees', text: 'Bees make honey.', lang: 'en' }]);
 *     const { hits } = await index.search('Wer macht Honig?');
 *     await index.close();
 */
export type { LanguagePolicy, ProfileName } from './augment/profiles.js';
export type { ErrorCode } from './base/error-catalogue.js';
export { XqgError } from './base/errors.js';
export { version } from './base/version.js';
export type { FileLimits } from './corpus/isolation/limits.js';
export type { MetadataValue } from './corpus/passage.js';
export type { ReadBytes } from './corpus/progress.js';
export type { SkipReason } from './corpus/reader.js';
export type { CorpusOptions } from './corpus/split.js';
export {
  type BagEncoder,
  type BagEncoding,
  type Encoder,
  type EncoderIdentity,
  generatedQueryId,
  type PassageText,
  type QueryText,
} from './encode/encoder.js';
export { FileEncoder } from './encode/file/file-encoder.js';
export type {
  ExpandedQuestion,
  ExpandOptions,
  ExpansionInfo,
  ExpansionWay,
} from './expand/apply.js';
export type {
  Expander,
  ExpanderIdentity,
  QuestionToExpand,
  WrittenExpansion,
} from './expand/expander.js';
export { type OpenExpanderOptions, openExpander } from './expand/open-expander.js';
export type {
  DistributionGenerator,
  DrawArguments,
  Generator,
  GeneratorIdentity,
  GeneratorInput,
  QueryDistribution,
  QueryFilter,
  QueryYield,
  TermFactors,
} from './generate/generator.js';
export {
  RecordedGenerator,
  type RecordedOptions,
  type RecordOptions,
  recordQueries,
} from './generate/recorded.js';
export type { AddOptions, AddPathsOptions, OpenIndexOptions } from './index-options.js';
export type { NewDocument } from './indexing/documents.js';
export type { IndexFailure, IndexIdentity, IndexState, Manifest } from './indexing/manifest.js';
export type { IndexProgress, IndexResult } from './indexing/options.js';
export type { LanguageCount } from './indexing/passage-counts.js';
export type { RemoveTarget } from './indexing/remove.js';
export type { IndexStatus } from './indexing/status.js';
export type { PartsProgress, QueueOptions } from './indexing/workers/queued-run.js';
export { type PartWorkerOptions, runWorker, type WorkerResult } from './indexing/workers/worker.js';
export type { LanguageWeight, TermBag, TermPhrase } from './languages/terms.js';
export type { RunningCost } from './models/cost.js';
export { type ConceptTerms, Glossary } from './pack/glossary/glossary.js';
export { readGlossary } from './pack/glossary/read-glossary.js';
export type { PackIdentity } from './pack/pack.js';
export type { ComparedHit, ComparedResult, Comparison } from './search/compare.js';
export type {
  IndexContents,
  PassageList,
  PassageQueries,
  StoredPassage,
} from './search/contents.js';
export type { Coverage } from './search/coverage.js';
export type { ExplainedPassage } from './search/explain.js';
export type { SearchMode, SearchOptions } from './search/options.js';
export type { Augmentation } from './search/request.js';
export type { AnnUse, Hit, Question, QuestionHits, SearchResult } from './search/result.js';
export { roundTripScorer } from './search/round-trip-scorer.js';
export {
  openIndex,
  type XqgIndex,
} from './xqg-index.js';
