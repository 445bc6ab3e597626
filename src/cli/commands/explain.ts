/** `xqg explain`: why a passage is found by a question. */

import { z } from 'zod';
import type { ExplainedPassage } from '../../search/explain.js';
import type { StandIn } from '../../search/lexical/question.js';
import { augmentOption } from '../../search/options.js';
import type { Register } from '../command.js';
import {
  addExpandOptions,
  addIndexPlace,
  addSearchOptions,
  expandOptions,
  givenExpansion,
  indexDirectory,
  indexPlace,
  parseSearchOptions,
} from '../options.js';
import { describeSearch } from '../search-output.js';
import { colors, foreign, shorten } from '../terminal.js';

const options = { ...indexPlace, pack: z.string().optional(), ...expandOptions };

/** Lines of each list. */
const SHOWN = 5;

export const registerExplain: Register = (parent, act) => {
  const command = parent
    .command('explain')
    .description(
      'show why a passage is found: its own similarity, the generated queries, the words',
    )
    .argument('<question>')
    .argument('<id>', 'id of a passage, as a search prints it');
  addSearchOptions(command, 'cli explain')
    .option('--pack <pack>', 'folder of the pack that made the index, if it is not one of xqg')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw, question: string, id: string) => {
        const { given, search } = parseSearchOptions('cli explain', options, raw);
        const { pack, store } = given;
        const { openIndex } = await import('../../xqg-index.js');
        const directory = await indexDirectory(given, 'xqg explain');
        const index = await openIndex(directory, { pack, store });
        const expansion = await givenExpansion(given, context);
        try {
          const { augment, ...rest } = search;
          const explained = await index.explain(question, id, {
            ...rest,
            ...augmentOption(augment),
            expand: expansion.expand,
            signal: context.signal,
          });
          for (const warning of explained.warnings) context.say(warning);
          if (context.json) context.printJson(explained);
          else context.print(describe(explained));
        } finally {
          await expansion.close();
          await index.close();
        }
      }),
    );
  addExpandOptions(command);
  addIndexPlace(command);
};

function describe(explained: ExplainedPassage): string {
  const { id, title, lang, text, rank, score } = explained;
  const place = rank === null ? 'not found' : `rank ${rank}, score ${score?.toFixed(3)}`;
  return [
    describeSearch(explained),
    `${lang}  ${place}  ${foreign(title || id, colors.bold)}`,
    `    ${foreign(shorten(text, 200))}`,
    ...describeDense(explained),
    ...describeLexical(explained),
    ...describeNearest(explained),
  ].join('\n');
}

function describeDense({ dense, expansion, text }: ExplainedPassage): string[] {
  if (dense === null) return [`${colors.bold('dense')}  the encoder knows no word of the question`];
  const lines = [
    `${colors.bold('dense')}  ${dense.score.toFixed(4)}`,
    `    ${dense.passage.toFixed(4).padStart(8)}  the passage itself`,
  ];
  if (dense.sentence !== null) {
    const { start, end, share } = dense.sentence;
    lines.push(
      `    ${share.toFixed(4).padStart(8)}  its best sentence: ${foreign(shorten(text.slice(start, end), 120))}`,
    );
  }
  if (dense.toward !== null)
    lines.push(
      `              the question was pulled toward ${foreign(dense.toward.id)}, weight ${dense.toward.weight}`,
    );
  for (const { lang, share } of dense.languages.slice(0, SHOWN)) {
    lines.push(`    ${share.toFixed(4).padStart(8)}  generated queries in ${lang}`);
  }
  if (dense.centering !== null)
    lines.push(
      `    ${dense.centering.toFixed(4).padStart(8)}  centering: what the vectors say about their languages`,
    );
  if (dense.expansion !== null) {
    const { question, text } = dense.expansion;
    const by =
      expansion?.how === 'mix' ? 'the expansion, mixed in' : 'what the appended expansion changes';
    lines.push(`  of it, by the question and its expansion:`);
    lines.push(`    ${question.toFixed(4).padStart(8)}  the question`);
    lines.push(`    ${text.toFixed(4).padStart(8)}  ${by}`);
  }
  return lines;
}

function describeLexical({ lexical }: ExplainedPassage): string[] {
  if (lexical.score === null) return [`${colors.bold('lexical')}  no word matches`];
  const lines = [`${colors.bold('lexical')}  ${lexical.score.toFixed(4)}`];
  for (const { lang, weight, expansion, terms } of lexical.languages) {
    const matching = terms.filter(({ contribution }) => contribution > 0);
    if (matching.length === 0) continue;
    const analyzed = expansion ? `expansion as ${lang}` : `as ${lang}`;
    if (lexical.languages.length > 1) lines.push(`    ${analyzed}, weight ${weight.toFixed(2)}`);
    for (const { term, standIn, contribution, tfOwn, via } of matching.slice(0, SHOWN)) {
      const sources = via.slice(0, 3).map(({ stem, by }) => `${by} from ${foreign(stem)}`);
      if (tfOwn > 0) sources.unshift('in the passage');
      if (standIn !== undefined) sources.unshift(described(standIn));
      lines.push(
        `    ${contribution.toFixed(4).padStart(8)}  ${foreign(term)}  ${colors.dim(sources.join(', '))}`,
      );
    }
    if (matching.length > SHOWN) lines.push(`              and ${matching.length - SHOWN} more`);
  }
  return lines;
}

function described({ by, word, surface }: StandIn): string {
  switch (by) {
    case 'spelling':
      return `another spelling of ${foreign(word)}`;
    case 'part':
      return `a part of ${foreign(word)}`;
    case 'joined':
      return `${foreign(word)} as one word`;
    default:
      return `${foreign(surface)} for ${foreign(word)}`;
  }
}

function describeNearest({ nearest }: ExplainedPassage): string[] {
  if (nearest.length === 0) return [];
  const lines = [colors.bold('generated queries nearest to the question')];
  for (const { lang, text, similarity } of nearest.slice(0, SHOWN)) {
    lines.push(`    ${similarity.toFixed(4).padStart(8)}  ${lang}  ${foreign(text)}`);
  }
  return lines;
}
