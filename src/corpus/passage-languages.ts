/**
 * The languages of the passages of a document. What is declared (an attribute of HTML, a field of a
 * row, an option) is evidence that is weighed against script and words; each paragraph then is
 * compared with the language of its document.
 */
import { detectLanguage } from '../languages/detect.js';
import { LANGUAGES } from '../languages/languages.js';
import { mayBeWrittenIn, scriptSizes } from '../languages/scripts.js';
import { intendedLanguage, requireLanguage } from '../languages/tags.js';
import type { LanguageWeight } from '../languages/terms.js';
import type { KnownWords } from '../languages/vocabulary.js';
import { BY_USER, DOCUMENT, type Label, labelOf, PARAGRAPH, SAMPLE } from './expected-language.js';
import type { Block, SourceDocument } from './passage.js';

export interface LanguageEvidence {
  /** ISO 639-1 code that the user states for every document. */
  readonly given?: string | undefined;
  /** The vocabularies of the pack that the index is made with. */
  readonly words?: KnownWords | undefined;
  /** Shares of the languages of neighboring documents; they sum to 1, or none is known. */
  neighbors?(): Promise<ReadonlyMap<string, number>>;
}

export interface LabeledBlock extends Block {
  readonly lang: string;
  /** 1 if the language is declared and nothing speaks against it. */
  readonly langConfidence: number;
}

/** A language that was declared and is not that of the text. */
export interface Contradiction {
  readonly declared: string;
  readonly lang: string;
}

export interface LabeledDocument {
  readonly lang: string;
  readonly langConfidence: number;
  /** The text of the document; a block of the reader becomes several where languages change. */
  readonly blocks: readonly LabeledBlock[];
  readonly contradiction: Contradiction | null;
}

export async function labelDocument(
  document: SourceDocument,
  evidence: LanguageEvidence,
): Promise<LabeledDocument> {
  const { given, words } = evidence;
  const declared = given ?? declaredBy(document);
  const main =
    declared === undefined
      ? await detected(document, evidence)
      : ((await contradicted(document, declared, given !== undefined, words)) ?? {
          lang: declared,
          langConfidence: 1,
        });
  const blocks = document.whole
    ? document.blocks.map((block) => ({ ...block, ...main }))
    : await labelBlocks(document.blocks, main, given !== undefined, words);
  const overruled =
    main.lang === declared && given !== undefined
      ? blocks.find(({ lang }) => lang !== given)
      : main;
  return {
    ...main,
    blocks,
    contradiction:
      declared === undefined || overruled === undefined || overruled.lang === declared
        ? null
        : { declared, lang: overruled.lang },
  };
}

/** What the data state, also by a country or a name; a code that nobody knows is refused. */
function declaredBy({ lang, id }: SourceDocument): string | undefined {
  if (lang === undefined) return undefined;
  return intendedLanguage(lang) ?? requireLanguage(lang, `of the document ${id}`);
}

/** Weight of a language that no neighbor is in, where xqg knows it and where not. */
const UNSEEN = 0.03;
const UNSEEN_UNKNOWN = 0.01;
/** From here on a text says by itself what language it is in. */
const LONG = 160;
const SURE = 0.95;

/** The language of an undeclared document; a short one is judged with its neighbors. */
async function detected(
  document: SourceDocument,
  { words, neighbors }: LanguageEvidence,
): Promise<Label> {
  const sample = sampleOf(document);
  const { lang, confidence, candidates } = await detectLanguage(sample, words);
  if (candidates.length === 0 || (sample.length >= LONG && confidence >= SURE))
    return { lang, langConfidence: confidence };
  const shares = (await neighbors?.()) ?? new Map<string, number>();
  const [best] = weighedByNeighbors(withNeighbors(candidates, shares, sample), shares, words);
  return { lang: best.lang, langConfidence: Math.min(best.weight, 0.999) };
}

/** Weight of a language of many neighbors that the detector does not name. */
const UNNAMED = 0.02;
const MANY = 0.2;

function withNeighbors(
  candidates: readonly LanguageWeight[],
  shares: ReadonlyMap<string, number>,
  text: string,
): readonly LanguageWeight[] {
  const scripts = [...scriptSizes(text).keys()];
  const unnamed = [...shares].filter(
    ([lang, share]) =>
      share >= MANY &&
      candidates.every((candidate) => candidate.lang !== lang) &&
      scripts.every((script) => mayBeWrittenIn(lang, script)),
  );
  return [...candidates, ...unnamed.map(([lang]) => ({ lang, weight: UNNAMED }))];
}

/** Bayes' rule with the languages of the neighbors as the prior; heaviest first. */
export function weighedByNeighbors(
  candidates: readonly LanguageWeight[],
  shares: ReadonlyMap<string, number>,
  words: KnownWords | undefined,
): LanguageWeight[] {
  const weighed = candidates.map(({ lang, weight }) => {
    const known = lang in LANGUAGES || words?.languages.includes(lang) === true;
    return { lang, weight: weight * ((shares.get(lang) ?? 0) + (known ? UNSEEN : UNSEEN_UNKNOWN)) };
  });
  const sum = weighed.reduce((all, { weight }) => all + weight, 0);
  return weighed
    .map(({ lang, weight }) => ({ lang, weight: weight / sum }))
    .sort((a, b) => b.weight - a.weight || (a.lang < b.lang ? -1 : 1));
}

/** The language of a text that is not in the one that is declared for it; else null. */
async function contradicted(
  document: SourceDocument,
  declared: string,
  byUser: boolean,
  words: KnownWords | undefined,
): Promise<Label | null> {
  const label = await labelOf(sampleOf(document), declared, byUser ? BY_USER : DOCUMENT, words);
  return label === null || label.lang === declared ? null : label;
}

/** Text between two empty lines, and what follows it. */
const PARAGRAPHS = /(?<=\n[^\S\n]*\n)(?=[^\n])/;

/** Paragraphs; the lines of one that mixes scripts. */
function partsOf(text: string): readonly string[] {
  if (!text.includes('\n')) return [text];
  return text.split(PARAGRAPHS).flatMap((paragraph) => {
    if (!paragraph.trim().includes('\n')) return paragraph;
    const sizes = [...scriptSizes(paragraph.slice(0, SAMPLE)).values()];
    const all = sizes.reduce((sum, size) => sum + size, 0);
    const shared = sizes.filter((size) => size >= MIXED * all).length > 1;
    return shared ? paragraph.split(/(?<=\n)/) : paragraph;
  });
}

/** Share of the letters that makes a script one of those of a paragraph. */
const MIXED = 0.2;

interface Unit {
  readonly block: number;
  readonly text: string;
  label: Label | null;
}

/** Labels paragraphs; one that says too little takes the language of those around it. */
async function labelBlocks(
  blocks: readonly Block[],
  main: Label,
  byUser: boolean,
  words: KnownWords | undefined,
): Promise<LabeledBlock[]> {
  const units: Unit[] = [];
  const [first] = blocks;
  // What is one paragraph has been read.
  if (blocks.length === 1 && partsOf(first.text).length === 1) return [{ ...first, ...main }];
  for (const [block, { text }] of blocks.entries()) {
    for (const part of partsOf(text)) {
      const label = await labelOf(part, main.lang, byUser ? BY_USER : PARAGRAPH, words);
      units.push({ block, text: part, label: label?.lang === main.lang ? main : label });
    }
  }
  if (units.every(({ label }) => label === null || label === main))
    return blocks.map((block) => ({ ...block, ...main }));
  if (!byUser) await labelShortBlocks(blocks, units, main, words);
  const labeled: LabeledBlock[] = [];
  let last = -1;
  for (const [u, unit] of units.entries()) {
    const label = unit.label ?? inherited(units, u, main);
    const { headings } = blocks[unit.block];
    const open = labeled.at(-1);
    if (open !== undefined && last === unit.block && open.lang === label.lang)
      labeled[labeled.length - 1] = { ...open, text: open.text + unit.text };
    else labeled.push({ headings, text: unit.text, ...label });
    last = unit.block;
  }
  return labeled.map((block) => ({ ...block, text: block.text.trimEnd() }));
}

/** In a document of several languages, also a section of one short line may be in another. */
async function labelShortBlocks(
  blocks: readonly Block[],
  units: readonly Unit[],
  main: Label,
  words: KnownWords | undefined,
): Promise<void> {
  const decided = new Set(units.flatMap(({ block, label }) => (label === null ? [] : [block])));
  for (const [block, { text }] of blocks.entries()) {
    if (decided.has(block)) continue;
    const label = await labelOf(text, main.lang, DOCUMENT, words);
    for (const unit of units) if (unit.block === block) unit.label = label;
  }
}

/** The label of the paragraph before in the same block, else of the next, else of the document. */
function inherited(units: readonly Unit[], at: number, main: Label): Label {
  const { block } = units[at];
  for (let u = at - 1; u >= 0 && units[u].block === block; u--) {
    const { label } = units[u];
    if (label !== null) return label;
  }
  for (let u = at + 1; u < units.length && units[u].block === block; u++) {
    const { label } = units[u];
    if (label !== null) return label;
  }
  return main;
}

/**
 * From the beginning and the middle: a document may begin with a license in English. A title counts
 * where there is little text: many are in English above other texts.
 */
export function sampleOf({ title, blocks }: SourceDocument): string {
  const middle = blocks[Math.floor(blocks.length / 2)]?.text ?? '';
  const at = blocks.length > 1 ? 0 : Math.max(SAMPLE, Math.floor(middle.length / 2));
  const text = [firstOf(blocks), middle.slice(at, at + SAMPLE)].join('\n');
  return text.length >= SHORT || hasOwnLetters(text) ? text : `${title}\n${text}`;
}

const SHORT = 60;
const FEW_LETTERS = 4;

/** True for a few letters in another script than Latin. */
function hasOwnLetters(text: string): boolean {
  return [...scriptSizes(text)].some(([script, size]) => script !== 'Latn' && size >= FEW_LETTERS);
}

function firstOf(blocks: SourceDocument['blocks']): string {
  let text = '';
  for (const block of blocks) {
    text += `${block.text.slice(0, SAMPLE)}\n`;
    if (text.length >= SAMPLE) break;
  }
  return text.slice(0, SAMPLE);
}
