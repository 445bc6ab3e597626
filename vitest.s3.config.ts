import { defineConfig } from 'vitest/config';

/** Tests against a real S3 server, which `npm run test:s3` starts. */
export default defineConfig({
  test: {
    include: ['test/s3/**/*.test.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
});
