/** `xqg pack list|info|train`: what packs are there, what is in one, and how to make one. */

import { z } from 'zod';
import type { Register } from '../command.js';
import { parseOptions } from '../options.js';
import { columns, count } from '../terminal.js';

export const registerPack: Register = (parent, act) => {
  const pack = parent.command('pack').description('the embedded models: list, look into, train');

  pack
    .command('list')
    .description('list the packs that came with xqg')
    .option('--json', 'print JSON')
    .action(
      act(async (context) => {
        const { packFolder, readManifest, shippedPacks } = await import('../../pack/manifest.js');
        const packs = shippedPacks().map((name) => {
          const { version, license, languages } = readManifest(packFolder(name));
          return { name, version, license, languages: ['en', ...Object.keys(languages)].sort() };
        });
        if (context.json) return context.printJson(packs);
        context.print(
          columns(
            packs.map((found) => [
              found.name,
              found.version,
              found.license,
              found.languages.join(' '),
            ]),
          ),
        );
      }),
    );

  pack
    .command('info')
    .description('show what a pack holds, from which sources, under which license')
    .argument('[pack]', 'name or folder of a pack', 'base')
    .option('--json', 'print JSON')
    .action(
      act(async (context, _options, name: string) => {
        const { packFolder, readManifest } = await import('../../pack/manifest.js');
        const manifest = readManifest(packFolder(name));
        if (context.json) return context.printJson(manifest);
        context.print(`${manifest.name} ${manifest.version}, ${manifest.license}`);
        context.print(
          `pivot: ${count(manifest.pivot.stems)} English stems, ${count(manifest.pivot.vectors)} with a vector of ${manifest.pivot.dim} components`,
        );
        const rows = Object.entries(manifest.languages).map(([lang, entry]) => [
          lang,
          count(entry.terms),
          count(entry.links),
          count(entry.entries),
          count(entry.sentences),
          entry.sources.join(', '),
        ]);
        context.print(
          columns([['', 'terms', 'links', 'lexicon', 'sentences', 'sources'], ...rows]),
        );
      }),
    );

  registerPackTrain(pack, act);
};

/** `xqg pack train`: a pack with a language of the user's own. */
const options = z.object({
  lang: z.string(),
  lexicon: z.string(),
  bitext: z.string(),
  words: z.string().optional(),
  extend: z.string(),
  out: z.string(),
  license: z.string(),
});

const registerPackTrain: Register = (parent, act) => {
  parent
    .command('train')
    .description('make a pack that also knows your language, from a lexicon and a bitext')
    .requiredOption('--lang <code>', 'ISO 639 code of the language')
    .requiredOption(
      '--lexicon <file>',
      'lines of English, tab, your language, and if you like a weight; .gz too',
    )
    .requiredOption(
      '--bitext <file>',
      'lines of an English sentence, tab, its translation; .gz too',
    )
    .requiredOption('--out <dir>', 'folder of the new pack')
    .option('--words <file>', 'lines of a word, tab, its count: chooses the forms that people see')
    .option('--extend <pack>', 'name or folder of the pack that gets the language', 'base')
    .option(
      '--license <name>',
      'license of the new pack: that of your data must allow it',
      'unstated',
    )
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw) => {
        const given = parseOptions(options, raw);
        const { trainOwnLanguage } = await import('../../train/train.js');
        await trainOwnLanguage(given, context.say);
        const { readManifest } = await import('../../pack/manifest.js');
        const { name, version, languages } = readManifest(given.out);
        const { terms, links } = languages[given.lang];
        if (context.json)
          return context.printJson({ folder: given.out, name, version, terms, links });
        context.print(
          `${name} ${version} in ${given.out}. Use it: xqg index PATH --index DIR --pack ${given.out}`,
        );
      }),
    );
};
