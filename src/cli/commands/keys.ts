/** `xqg keys`: the keys that a server asks for. */
import { z } from 'zod';
import { RIGHTS } from '../../server/access.js';
import type { Register } from '../command.js';
import { list, parseOptions } from '../options.js';
import { columns } from '../terminal.js';

const added = z.object({
  file: z.string(),
  indexes: list.optional(),
  rights: list
    .pipe(z.array(z.enum(RIGHTS, { error: `has a word that is not one of ${RIGHTS.join(', ')}` })))
    .default(['search']),
  filter: z.array(z.string()).default([]),
});
const filed = z.object({ file: z.string() });

export const registerKeys: Register = (parent, act) => {
  const keys = parent.command('keys').description('make, list and take back the keys of a server');
  keys
    .command('add')
    .description('make a key; it is printed once and kept as a hash only')
    .argument('<name>', 'whom it is for')
    .requiredOption('--file <file>', 'key file, made if absent')
    .option('--indexes <names>', 'only these indexes, e.g. docs,mail (default: all)')
    .option('--rights <list>', 'of search, add, remove (default: search)')
    .option(
      '--filter <condition>',
      'only what passes it exists for the key, e.g. team=red; may be repeated',
      (value: string, before: string[] = []) => [...before, value],
    )
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw, name: string) => {
        const { file, indexes = null, rights, filter } = parseOptions(added, raw);
        const { addKey, fingerprintOf } = await import('../../server/keys.js');
        const { parseFilters } = await import('../../search/filters.js');
        parseFilters(filter);
        const { key, stored } = await addKey(file, { name, indexes, rights, filters: filter });
        if (context.json) return context.printJson({ key, fingerprint: fingerprintOf(stored) });
        context.say(`The key ${fingerprintOf(stored)} for ${name}; it is not kept anywhere:`);
        context.print(key);
      }),
    );
  keys
    .command('list')
    .description('show the keys of a file, without the keys themselves')
    .requiredOption('--file <file>', 'key file')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw) => {
        const { file } = parseOptions(filed, raw);
        const { fingerprintOf, readKeys } = await import('../../server/keys.js');
        const stored = (await readKeys(file)).map((key) => ({
          fingerprint: fingerprintOf(key),
          name: key.name,
          indexes: key.indexes,
          rights: key.rights,
          filters: key.filters,
          created: key.created,
        }));
        if (context.json) return context.printJson({ keys: stored });
        const rows = stored.map(({ fingerprint, indexes, rights, filters, name }) => [
          fingerprint,
          rights.join(','),
          indexes?.join(',') ?? 'all indexes',
          filters.join(', ') || 'no filter',
          name,
        ]);
        if (rows.length > 0) context.print(columns(rows));
      }),
    );
  keys
    .command('remove')
    .description('take a key back; a running server forgets it within a second')
    .argument('<name>')
    .requiredOption('--file <file>', 'key file')
    .action(
      act(async (context, raw, name: string) => {
        const { file } = parseOptions(filed, raw);
        const { removeKey } = await import('../../server/keys.js');
        await removeKey(file, name);
        context.say(`The key for ${name} is taken back.`);
      }),
    );
};
