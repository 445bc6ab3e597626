/** Reads the files that it is given: a run to be killed. */
import { readCorpus } from '../../../src/corpus/read-corpus.js';

for await (const _ of readCorpus(process.argv.slice(2)));
