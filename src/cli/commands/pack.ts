/** `xqg pack list|info|train`: what packs are there, what is in one, and how to make one. */

import type { Register } from '../program.js';
import { columns, count } from '../terminal.js';
import { registerPackTrain } from './pack-train.js';

export const registerPack: Register = (parent, act) => {
  const pack = parent.command('pack').description('the embedded models: list, look into, train');

  pack
    .command('list')
    .description('list the packs that came with xqg')
    .option('--json', 'print JSON')
    .action(
      act(async (context) => {
        const { packFolder, readManifest, shippedPacks } = await import('../../pack/format.js');
        const packs = shippedPacks().map((name) => {
          const { version, license, languages } = readManifest(packFolder(name));
          return { name, version, license, languages: ['en', ...Object.keys(languages)].sort() };
        });
        if (context.json) return context.printJson(packs);
        context.print(
          columns(
            packs.map((found) => [found.name, found.version, found.license, found.languages.join(' ')]),
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
        const { packFolder, readManifest } = await import('../../pack/format.js');
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
        context.print(columns([['', 'terms', 'links', 'lexicon', 'sentences', 'sources'], ...rows]));
      }),
    );

  registerPackTrain(pack, act);
};
