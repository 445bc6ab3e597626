/**
 * Search results as text for people. What may be of any width (texts in any script) stands at the
 * end of its line, so that no layout depends on it.
 */
import { isAbsolute, relative } from 'node:path';
import type { Comparison } from '../search/compare.js';
import type { Hit, SearchResult } from '../search/result.js';
import { colors, count, foreign, shorten } from './terminal.js';

/** Characters of a snippet. */
const SNIPPET = 280;

/** One result as a list. */
export function describeResult(result: SearchResult): string {
  if (result.hits.length === 0) return `${describeSearch(result)}\nNothing found.`;
  const hits = result.hits.map((hit) =>
    describeHit(hit, `${String(hit.rank).padStart(3)}  ${score(hit)}  ${hit.lang}`),
  );
  return [describeSearch(result), ...hits].join('\n');
}

/**
 * Two rankings side by side: the ranks with xQG and without, and by how many ranks xQG moved a
 * passage; in the order with xQG, then what only the other one shows.
 */
export function describeBoth({ with: on, without: off }: Comparison): string {
  const shown = new Set(on.hits.map(({ id }) => id));
  const lines = [
    ...on.hits.map((hit) => describeMove(hit, hit.rank, hit.otherRank)),
    ...off.hits
      .filter(({ id }) => !shown.has(id))
      .map((hit) => describeMove(hit, hit.otherRank, hit.rank)),
  ];
  const head = [describeSearch(on), colors.dim(' with  without  move')];
  return [...head, ...(lines.length > 0 ? lines : ['Nothing found.'])].join('\n');
}

/** @param now rank with xQG; null: not among those that were compared */
function describeMove(hit: Hit, now: number | null, before: number | null): string {
  const columns = `${place(now)}  ${place(before).padStart(7)}  ${move(before, now)}  ${hit.lang}`;
  return describeHit(hit, columns);
}

/** How a question was searched, in one line. */
export function describeSearch({
  languages,
  language,
  mode,
  augmentation,
  ann,
  feedback = 0,
  expansion = null,
}: Pick<SearchResult, 'languages' | 'language' | 'mode' | 'augmentation'> &
  Partial<Pick<SearchResult, 'ann' | 'feedback' | 'expansion'>>): string {
  const weights = languages
    .slice(0, 3)
    .map(({ lang, weight }) =>
      languages.length === 1 ? lang : `${lang} ${Math.round(weight * 100)} %`,
    )
    .join(', ');
  const parts = [mode, `question in ${weights}${language === 'detected' ? ' (detected)' : ''}`];
  parts.push(augmentationText(augmentation));
  if (feedback > 0) parts.push(`feedback ${feedback}`);
  if (ann) {
    const recall =
      ann.recall === null
        ? 'recall not measured for these options'
        : `recall@10 ${ann.recall.toFixed(3)} measured at alpha ${ann.measuredAlpha}`;
    parts.push(`ANN: ${count(ann.candidates)} candidates, ${recall}`);
  }
  if (expansion === null) return colors.dim(parts.join(' | '));
  const { how, weight, by, lang, milliseconds, text } = expansion;
  const way = how === 'append' ? 'appended, weight' : 'mixed in, share';
  parts.push(
    `expanded by ${by} in ${Math.round(milliseconds)} ms (${way} ${Number(weight.toFixed(2))})`,
  );
  return `${colors.dim(parts.join(' | '))}\n${colors.dim(`${lang}:`)} ${foreign(shorten(text, SNIPPET), colors.dim)}`;
}

function describeHit(hit: Hit, columns: string): string {
  const indent = ' '.repeat(5);
  const title = foreign(hit.title || hit.id, colors.bold);
  const lines = [`${columns}  ${title}`];
  const trail = [...hit.headings.filter((heading) => heading !== hit.title)].map((heading) =>
    foreign(heading),
  );
  lines.push(
    colors.dim(
      `${indent}${[hit.id, ...trail].map((part, i) => (i === 0 ? foreign(part) : part)).join(' > ')}`,
    ),
  );
  if (isAbsolute(hit.path)) lines.push(colors.dim(`${indent}${foreign(relativePath(hit.path))}`));
  if (hit.snippet !== '')
    lines.push(`${indent}${foreign(shorten(hit.snippet, SNIPPET), colors.cyan)}`);
  if (hit.others.length > 0)
    lines.push(
      colors.dim(`${indent}and ${count(hit.others.length, 'more passage')} of this document`),
    );
  return lines.join('\n');
}

/** Relative to the working directory where it lies below it. */
function relativePath(path: string): string {
  const from = relative('', path);
  return from.startsWith('..') ? path : from;
}

function score({ score: value }: Hit): string {
  return value.toFixed(3).padStart(7);
}

function place(rank: number | null): string {
  return (rank === null ? '-' : String(rank)).padStart(5);
}

function move(before: number | null, now: number | null): string {
  if (before === null) return colors.green('new ');
  if (now === null) return colors.red('gone');
  if (before === now) return colors.dim('=   ');
  const text = `${before > now ? '+' : '-'}${Math.abs(before - now)}`.padEnd(4);
  return before > now ? colors.green(text) : colors.red(text);
}

function augmentationText(augmentation: SearchResult['augmentation']): string {
  if (augmentation === null) return 'without xQG';
  const { name, alpha, alphaEffective } = augmentation;
  return alpha === 0
    ? 'xQG in words alone'
    : `xQG ${name}, alpha ${alpha}, alpha_eff ${alphaEffective.toFixed(3)}`;
}
