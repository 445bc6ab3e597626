// Bundles the command into dist/bin: a search from a cold start would wait a tenth of a second for
// the modules one by one. Packages stay outside, and what is imported late stays a file of its own.
// Run by scripts/build.mjs.
import { relative } from 'node:path';
import { defineConfig } from 'vite';

const SOURCES = new URL('..', import.meta.url).pathname;

/** Modules find their neighbors in dist/, from wherever their code has gone. */
const ownPlaces = {
  name: 'own-places',
  enforce: 'pre',
  transform(code, id) {
    if (!id.startsWith(SOURCES) || !code.includes('import.meta.url')) return null;
    const compiled = `../${relative(SOURCES, id).replace(/\.ts$/, '.js')}`;
    // No line moves, so that the map of before still holds.
    return {
      code: code.replaceAll(
        'import.meta.url',
        `new URL(${JSON.stringify(compiled)}, import.meta.url).href`,
      ),
      map: null,
    };
  },
};

export default defineConfig({
  plugins: [ownPlaces],
  build: {
    ssr: 'src/cli/main.ts',
    target: 'node20',
    outDir: 'dist/bin',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      output: { entryFileNames: 'xqg.js', chunkFileNames: '[name]-[hash].js' },
      checks: { pluginTimings: false },
    },
  },
  logLevel: 'warn',
});
