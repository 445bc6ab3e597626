/** `xqg queries`: the generated queries of a passage. */
import { z } from 'zod';
import { LANGUAGES } from '../../languages/languages.js';
import type { Register } from '../command.js';
import { addIndexPlace, indexDirectory, indexPlace, list, parseOptions } from '../options.js';
import { foreign } from '../terminal.js';

const options = z.object({ ...indexPlace, pack: z.string().optional(), langs: list.optional() });

export const registerQueries: Register = (parent, act) => {
  const command = parent
    .command('queries')
    .description('show the generated queries of a passage, by language')
    .argument('<id>', 'id of a passage, as a search prints it')
    .option('--langs <codes>', 'only these languages, e.g. ar,th')
    .option('--pack <pack>', 'folder of the pack that made the index, if it is not one of xqg')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw, id: string) => {
        const { index: dir, store, pack, langs } = parseOptions(options, raw);
        const { openIndex } = await import('../../xqg-index.js');
        const index = await openIndex(await indexDirectory({ index: dir, store }, 'xqg queries'), {
          pack,
          store,
        });
        try {
          const generated = await index.queries(id);
          const shown = Object.entries(generated.queries).filter(
            ([lang]) => langs?.includes(lang) ?? true,
          );
          if (context.json)
            return context.printJson({ ...generated, queries: Object.fromEntries(shown) });
          context.print(
            `${foreign(generated.title || id)} (${generated.lang}), queries of ${generated.generator}`,
          );
          for (const [lang, queries] of shown) {
            context.print(`${lang}  ${LANGUAGES[lang]?.name ?? ''}`);
            for (const query of queries) context.print(`    ${foreign(query)}`);
          }
        } finally {
          await index.close();
        }
      }),
    );
  addIndexPlace(command);
};
