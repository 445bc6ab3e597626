/**
 * The languages of the passages of a document. What is declared (an attribute of HTML, a field of a
 * row, an option) is evidence that is weighed against script and words; each paragraph then is
 * compared with the language of its document.
 */
import { detectLanguage } from '../languages/detect.js';
import { functionWords } from '../languages/function-words.js';
import { LANGUAGES } from '../languages/languages.js';
import {
  mayBeWrittenIn,
  SCRIPTS,
  scriptSizes,
  scriptsOf,
  TELLTALE_LETTERS,
} from '../languages/scripts.js';
import { intendedLanguage, requireLanguage } from '../languages/tags.js';
import type { LanguageWeight } from '../languages/terms.js';
import type { KnownWords } from '../languages/vocabulary.js';
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

type Label = Pick<LabeledBlock, 'lang' | 'langConfidence'>;

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

/** Languages so near to each other that a detector's word is no evidence against a declared one. */
const NEAR = [
  ['bs', 'hr', 'me', 'sh', 'sr', 'cnr'],
  ['da', 'nb', 'nn', 'no'],
  ['id', 'ms', 'jv', 'su'],
  ['fil', 'tl', 'ceb'],
  ['yue', 'zh', 'wuu', 'nan', 'hak', 'gan'],
  ['gl', 'pt'],
  ['af', 'nl'],
  ['de', 'gsw', 'lb', 'nds'],
  ['fa', 'prs', 'tg'],
];

function isNear(a: string, b: string): boolean {
  return a === b || NEAR.some((group) => group.includes(a) && group.includes(b));
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

/** Letters (of an alphabet) below which a text says nothing against what is expected of it. */
interface Limits {
  /** In another script. */
  readonly foreign: number;
  /** In the same one, with the small words of another language. */
  readonly prose: number;
  /** In the same one, without them; the second where vocabularies are at hand. */
  readonly plain: readonly [number, number];
}

const DOCUMENT: Limits = { foreign: 4, prose: 16, plain: [60, 20] };
/** A list of terms or names is no change of the language. */
const PARAGRAPH: Limits = { foreign: 12, prose: 16, plain: [120, 120] };
/** A language that the user states is believed against words, not against letters. */
const NEVER = Number.POSITIVE_INFINITY;
const BY_USER: Limits = { foreign: 4, prose: NEVER, plain: [NEVER, NEVER] };

/** From here on a language that no vocabulary or letter speaks for is believed. */
const MANY_LETTERS = 120;
/** Share of letters that makes a script the one of the text. */
const MOST = 0.6;

/** The language of a text that is expected to be in `expected`; null if it says too little. */
async function labelOf(
  text: string,
  expected: string,
  limits: Limits,
  words: KnownWords | undefined,
): Promise<Label | null> {
  const sample = text.slice(0, SAMPLE);
  const sizes = scriptSizes(sample);
  let total = 0;
  let script = '';
  for (const [name, size] of sizes) {
    total += size;
    if (size > (sizes.get(script) ?? 0)) script = name;
  }
  if (total === 0) return null;
  const japanese = (sizes.get('Kana') ?? 0) + (sizes.get('Hani') ?? 0);
  const isJapanese = (sizes.get('Kana') ?? 0) >= 0.08 * japanese && japanese >= MOST * total;
  const size = isJapanese ? japanese : (sizes.get(script) ?? 0);
  const name = isJapanese ? 'Kana' : script;
  const foreign = !mayBeWrittenIn(expected, name) && expected !== 'und';
  if (size < MOST * total) return null;
  if (foreign) return size < limits.foreign ? null : detectedLabel(sample, words, 0);
  if (size < limits.prose) return null;
  const enough = size >= limits.plain[words === undefined ? 0 : 1];
  const verdict = sameScript(sample, name, expected, enough);
  if (verdict !== 'ask') return verdict;
  const label = await detectedLabel(sample, words, CLEAR, expected);
  return label === null || isCredible(label.lang, sample, size, words) ? label : null;
}

/** Letters beyond Western Europe's that a text in another language has. */
const FEW_EXTENDED = 3;

/** The detector alone finds small languages in lists of names. */
function isCredible(
  lang: string,
  text: string,
  size: number,
  words: KnownWords | undefined,
): boolean {
  const extended = text.match(/[\u0100-\u024f\u1e00-\u1eff]/g)?.length ?? 0;
  return (
    size >= MANY_LETTERS ||
    extended >= FEW_EXTENDED ||
    !/\p{Script=Latin}/u.test(text) ||
    lang in LANGUAGES ||
    words?.languages.includes(lang) === true ||
    TELLTALE_LETTERS[lang]?.test(text) === true ||
    functionWords(text, lang).lang === lang
  );
}

/** Confidence from which the detector overrules what is expected. */
const CLEAR = 0.9;

async function detectedLabel(
  text: string,
  words: KnownWords | undefined,
  least: number,
  expected?: string,
): Promise<Label | null> {
  const { lang, confidence } = await detectLanguage(text, words);
  if (lang === 'und' || confidence < least) return null;
  if (expected !== undefined && isNear(lang, expected))
    return { lang: expected, langConfidence: 1 };
  return { lang, langConfidence: Math.min(confidence, 0.999) };
}

/** Share of small words from which a text is in their language. */
const PROSE = 0.2;

/**
 * Whether a text in a script that fits is in the language: a label, `ask` if the detector has to
 * read it, null if it says nothing.
 */
function sameScript(
  text: string,
  script: string,
  lang: string,
  enough: boolean,
): Label | 'ask' | null {
  const own = { lang, langConfidence: 1 };
  if (script === 'Latn') {
    const found = functionWords(text, lang);
    const { words, hits, own: ownHits } = found;
    if (found.lang === lang && hits >= 2 && hits >= (PROSE / 2) * words) return own;
    if (!scriptsOf(lang).has('Latn') && hits >= 2 && hits >= PROSE * words) return 'ask';
    const isOther = found.lang !== null && hits >= 3 && hits >= PROSE * words;
    if (isOther && 2 * Math.max(ownHits, 0) < hits) return 'ask';
    // A language without a list of small words is not doubted unless another one's are there.
    if (ownHits < 0) return isOther && enough ? 'ask' : own;
    return enough ? 'ask' : null;
  }
  if (SCRIPTS.some(({ name, ambiguous }) => name === script && !ambiguous)) return own;
  const doubt = DOUBTS[lang] ?? DOUBTS[script];
  return doubt === undefined || !doubt.test(text) ? own : 'ask';
}

/** Letters and words that make a text of the script, or in the language, one to ask about. */
const DOUBTS: Readonly<Record<string, RegExp>> = {
  ru: /[іїєґўђћџљњј]|^[^ыэ]*$/iu,
  uk: /[ыэъё]|^[^іїє]*$/iu,
  Cyrl: /^/u,
  ar: /[پچژگکی]/u,
  fa: /[ةىيك]|[ٹڈڑںے]/u,
  Arab: /^/u,
  hi: /ळ|(?:^|[^\p{L}\p{M}])(?:आहे|आहेत|छ|छन्|आणि)(?![\p{L}\p{M}])/u,
  Deva: /^/u,
  ja: /^/u,
  Hani: /[\u3041-\u30ff]/u,
};

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

/** Length of each of the two samples, in UTF-16 code units. */
const SAMPLE = 300;

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
