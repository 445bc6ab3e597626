/**
 * Runs benchmarks by their names, or those of a change: indexing, search and a cold search.
 * usage: npm run bench -- [NAME [OPTIONS]]     (NAME is that of bench/NAME.bench.ts)
 */
