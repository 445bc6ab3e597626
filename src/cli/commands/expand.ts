/**
 * `xqg expand`: texts that a model writes from questions, as rows for a search or an experiment.
 */
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import { requireLanguage } from '../../languages/tags.js';
import type { Register } from '../command.js';
import { parseOptions } from '../options.js';
import { startProgress } from '../progress.js';
import { count } from '../terminal.js';

const options = z.object({
  by: z.string(),
  queries: z.string().optional(),
  prompt: z.string().optional(),
  endpoint: z.string().optional(),
  lang: z.string().optional(),
  to: z.string().optional(),
});

/** Questions of a batch; the endpoint's settings say how many are sent at once. */
const BATCH = 32;

export const registerExpand: Register = (parent, act) => {
  parent
    .command('expand')
    .description(
      'write expansions of questions as JSONL, for --expand FILE.jsonl and for experiments',
    )
    .argument('[question]')
    .requiredOption('--by <spec>', 'openai:MODEL, or a .jsonl file of recorded expansions')
    .option('--queries <file>', 'questions: lines of id, tab and text, or JSONL {id, text, lang}')
    .option('--prompt <name>', 'zero-shot, few-shot, rephrase, rephrase-few-shot, or a file')
    .option('--endpoint <file>', 'settings of the endpoint of openai:MODEL (docs/models.md)')
    .option('--lang <code>', 'language of the questions (default: from the file, else detected)')
    .option('--to <code>', 'language that the texts are written in (default: that of the question)')
    .option('--json', 'the same: rows are JSON in any case')
    .action(
      act(async (context, raw, question: string | undefined) => {
        const given = parseOptions(options, raw);
        const { queries, by, prompt, endpoint } = given;
        const to = given.to && requireLanguage(given.to, '--to');
        const stated = given.lang && requireLanguage(given.lang, '--lang');
        if ((question === undefined) === (queries === undefined)) {
          const problem = 'Give either a question or --queries FILE.';
          throw new XqgError('XQG_USAGE', { problem, command: 'xqg expand' });
        }
        const { openExpander } = await import('../../expand/open-expander.js');
        const { detectLanguage } = await import('../../languages/detect.js');
        const { readQuestions } = await import('../question-file.js');
        const expander = await openExpander(by, { prompt, endpoint, signal: context.signal });
        const progress = startProgress();
        let done = 0;
        let batch: { id?: string; text: string; lang: string }[] = [];
        const write = async () => {
          const written = await expander.expand(
            batch.map(({ text, lang }) => ({ text, lang: to ?? lang })),
          );
          batch.forEach(({ id, text }, i) => {
            context.print(JSON.stringify({ id, question: text, ...written[i] }));
          });
          done += batch.length;
          batch = [];
          progress.update(null, count(done, 'question'));
        };
        try {
          const questions = queries === undefined ? [{ text: question! }] : readQuestions(queries);
          for await (const row of questions as AsyncIterable<{
            id?: string;
            text: string;
            lang?: string;
          }>) {
            const own = row.lang && requireLanguage(row.lang, `question ${row.id}`);
            const lang = stated ?? own ?? (await detectLanguage(row.text)).candidates[0]?.lang;
            batch.push({ ...row, lang: lang ?? 'und' });
            if (batch.length >= BATCH) await write();
          }
          await write();
        } finally {
          progress.stop();
          await expander.close?.();
        }
      }),
    );
};
