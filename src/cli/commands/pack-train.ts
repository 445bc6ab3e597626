/** `xqg pack train`: a pack with a language of the user's own. */
import { z } from 'zod';
import { parseOptions } from '../options.js';
import type { Register } from '../program.js';

const options = z.object({
  lang: z.string(),
  lexicon: z.string(),
  bitext: z.string(),
  words: z.string().optional(),
  extend: z.string(),
  out: z.string(),
  license: z.string(),
});

export const registerPackTrain: Register = (parent, act) => {
  parent
    .command('train')
    .description('make a pack that also knows your language, from a lexicon and a bitext')
    .requiredOption('--lang <code>', 'ISO 639 code of the language')
    .requiredOption(
      '--lexicon <file>',
      'lines of English, tab, your language, and if you like a weight; .gz too',
    )
    .requiredOption('--bitext <file>', 'lines of an English sentence, tab, its translation; .gz too')
    .requiredOption('--out <dir>', 'folder of the new pack')
    .option('--words <file>', 'lines of a word, tab, its count: chooses the forms that people see')
    .option('--extend <pack>', 'name or folder of the pack that gets the language', 'base')
    .option('--license <name>', 'license of the new pack: that of your data must allow it', 'unstated')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw) => {
        const given = parseOptions(options, raw);
        const { trainOwnLanguage } = await import('../../train/train.js');
        await trainOwnLanguage(given, context.say);
        const { readManifest } = await import('../../pack/format.js');
        const { name, version, languages } = readManifest(given.out);
        const { terms, links } = languages[given.lang];
        if (context.json) return context.printJson({ folder: given.out, name, version, terms, links });
        context.print(
          `${name} ${version} in ${given.out}. Use it: xqg index PATH --index DIR --pack ${given.out}`,
        );
      }),
    );
};
