/** Further passages in the pool. */
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import type { EvaluationPassage } from '../../data/collection.js';
import { lineError, readJsonRows } from '../../data/lines.js';
import { loadMlqar } from '../../data/mlqar.js';
import { defineCondition } from '../condition.js';
import { namedListOf, object, text } from '../schema.js';
import type { FurtherPassages } from '../variant.js';

const item = object({
  /** Names the point. */
  name: text,
  /**
   * The English paragraphs of an MLQA-R folder, or a JSONL file of {id, text, title, lang},
   * relative to the experiment file.
   */
  'mlqa-r': text.optional(),
  file: text.optional(),
}).refine((value) => (value['mlqa-r'] === undefined) !== (value.file === undefined), {
  error: 'needs either mlqa-r or file',
});

type Item = z.infer<typeof item>;

export const distractors = defineCondition<Item[], FurtherPassages[]>({
  key: 'distractors',
  schema: namedListOf(item) as z.ZodType<Item[]>,
  example: `# distractors:                   # further passages in the pool: one of mlqa-r, file
#   - name: mlqa-r
#     mlqa-r: data/mlqa-r`,
  title: 'Distractors',
  note: 'The same questions with further passages in the pool.',
  comparisons: [{ with: 'plain at the point', label: 'without queries' }],
  open: (items, { file }) =>
    Promise.all(
      items.map(async ({ name, 'mlqa-r': mlqar, file: rows }) => {
        const passages =
          rows === undefined
            ? await englishParagraphs(resolve(dirname(file), mlqar!))
            : await readPassages(resolve(dirname(file), rows));
        // Named, so that they meet no id of a data set.
        return { name, passages: passages.map((each) => ({ ...each, id: `${name}:${each.id}` })) };
      }),
    ),
  appliesTo: () => true,
  points: (_, all) =>
    all.map((further) => ({
      point: further.name,
      label: `with ${further.name}`,
      changes: { further },
    })),
});

async function englishParagraphs(directory: string): Promise<readonly EvaluationPassage[]> {
  const { parts } = await loadMlqar({ directory, langs: ['en'], half: 'all' });
  return parts.get('en')!.passages;
}

async function readPassages(file: string): Promise<EvaluationPassage[]> {
  const passages: EvaluationPassage[] = [];
  const seen = new Set<string>();
  for await (const { number, row } of readJsonRows(file)) {
    const { id, text: content, lang, title = '' } = row;
    if (
      typeof id !== 'string' ||
      typeof content !== 'string' ||
      typeof lang !== 'string' ||
      typeof title !== 'string'
    )
      throw lineError(
        file,
        number,
        'no id, text and lang',
        'Rows are {"id", "text", "lang", "title"}.',
      );
    if (seen.has(id))
      throw lineError(file, number, `id "${id}" comes a second time`, 'Remove one of the rows.');
    seen.add(id);
    passages.push({ id, text: content, lang, title });
  }
  return passages;
}
