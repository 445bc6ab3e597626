/** Indexes fake documents over a queue in a process of its own: URL DIR NUMBER_OF_DOCUMENTS. Says on stdout how far it is. */
import { Distribution } from '../../src/distribute/distribution.js';
import { indexDocuments } from '../../src/indexing/build.js';
import { documentsOf, encoder, generator, upTo } from '../indexing/fakes.js';

const [url, dir, documents] = process.argv.slice(2);
const distribution = await Distribution.open(
  {
    url,
    partPassages: 8,
    onParts: ({ done, parts }) => process.stdout.write(`${done} of ${parts}\n`),
    onTrouble: (problem) => process.stdout.write(`trouble: ${problem}\n`),
  },
  { directory: dir, makers: { generator: 'fake' } },
);
const { rowsFrom } = distribution;
// Few rows a write, so that a killed run leaves some.
const result = await distribution.end(
  await indexDocuments(dir, documentsOf(upTo(Number(documents))), {
    encoder,
    generator,
    rowsFrom,
    writeRows: 32,
  }),
);
await distribution.close();
process.stdout.write(`finished: ${result.status}\n`);
