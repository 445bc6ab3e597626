import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that drive the whole product, or need a build, a server, a browser or a killed process. */
const INTEGRATION = [
  'test/{crash,hostile}/*.test.ts',
  'test/{cli,examples,plan,server,web,xqg-index}/**/*.test.ts',
  'test/evaluate/{evaluate,experiment/**/*}.test.ts',
  'test/evaluate/data/data-folder.test.ts',
  'test/expand/expand.test.ts',
  'test/generate/recorded.test.ts',
  'test/indexing/**/kill.test.ts',
  'test/indexing/workers/queue*.test.ts',
  'test/models/*.test.ts',
  'test/store/opensearch*.test.ts',
  'test/train/*.test.ts',
];
/** Tests with a command of their own: they install packages or start a cluster. */
const SLOW = ['cluster', 's3', 'package', 'crash', 'hostile'];

const MINUTES = 60_000;

export default defineConfig({
  test: {
    reporters: ['default', './test/support/summary-reporter.ts'],
    pool: 'forks',
    execArgv: ['--import', new URL('scripts/run-typescript.mjs', import.meta.url).href],
    maxWorkers: availableParallelism(),
    testTimeout: MINUTES,
    hookTimeout: 2 * MINUTES,
    // New indexes of tests have the encoder of the pack, which is quicker; tests of the neural one
    // name it.
    env: { XQG_ENCODER: process.env.XQG_ENCODER ?? 'static' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...INTEGRATION, ...SLOW.map((folder) => `test/${folder}/**`)],
        },
      },
      { extends: true, test: { name: 'integration', include: INTEGRATION } },
      ...SLOW.map((name) => ({
        extends: true as const,
        test: {
          name,
          include: [`test/${name}/**/*.test.ts`],
          testTimeout: 10 * MINUTES,
          hookTimeout: 10 * MINUTES,
          fileParallelism: false,
          // All of what the integration tests try some of.
          env: { XQG_EVERY: '1' },
        },
      })),
    ],
  },
});
