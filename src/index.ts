/**
 * The public API of xqg. Everything else may change without notice.
 *
 *     const index = await openIndex('my-index', { create: true });
 *     await index.add([{ id: '1', title: 'Bees', text: 'Bees make honey.', lang: 'en' }]);
 *     const { hits } = await index.search('Wer macht Honig?');
 *     await index.close();
 */
export type { LanguagePolicy, ProfileName } from './augment/profiles.js';
export type { MetadataValue } from './corpus/passage.js';
export type { CorpusOptions } from './corpus/passages.js';
export type { SkipReason } from './corpus/reader.js';
export type { PartsProgress, QueueOptions } from './distribute/distribution.js';
export {
  type BagEncoder,
  type Encoder,
  type EncoderIdentity,
  generatedQueryId,
  type PassageText,
  type QueryText,
} from './encode/encoder.js';
export { FileEncoder } from './encode/file/file-encoder.js';
export type { ErrorCode } from './errors/catalogue.js';
export { XqgError } from './errors/error.js';
export type { ExpandOptions, ExpansionWay } from './expand/apply.js';
export type { Expander, ExpanderIdentity, QuestionToExpand, WrittenExpansion } from './expand/expander.js';
export { type OpenExpanderOptions, openExpander } from './expand/open-expander.js';
export type {
  DistributionGenerator,
  Generator,
  GeneratorIdentity,
  GeneratorInput,
  TermFactors,
  TermPhrase,
} from './generate/generator.js';
export { type RecordOptions, recordQueries } from './generate/record.js';
export { RecordedGenerator, type RecordedOptions } from './generate/recorded.js';
export { type ConceptTerms, Glossary } from './glossary/glossary.js';
export { readGlossary } from './glossary/read-glossary.js';
export type { IndexFailure, IndexIdentity, IndexState, Manifest } from './indexing/manifest.js';
export type { IndexProgress, IndexResult } from './indexing/options.js';
export type { LanguageCount } from './indexing/passage-counts.js';
export type { Removal } from './indexing/remove.js';
export type { IndexStatus } from './indexing/status.js';
export type { LanguageWeight, TermBag } from './languages/terms.js';
export type { ReadBytes } from './library/corpus-progress.js';
export type { NewDocument } from './library/documents.js';
export type { ExpandedQuestion } from './library/expanding.js';
export type { ExplainedPassage } from './library/explaining.js';
export type { AddOptions, AddPathsOptions, OpenIndexOptions } from './library/index-options.js';
export { type PartWorkerOptions, type WorkerResult, workOnParts } from './library/part-worker.js';
export type { PassageQueries } from './library/passage-queries.js';
export { roundTripOver } from './library/round-trip.js';
export type { FoundPassage, SearchAnswer, SearchOptions, UsedExpansion } from './library/search-types.js';
export type { AskedQuestion, RankedQuestion } from './library/searching.js';
export {
  openIndex,
  type XqgIndex,
} from './library/xqg-index.js';
export type { PackIdentity } from './pack/pack.js';
export type { Augmentation, SearchMode } from './search/request.js';
export { version } from './version.js';
