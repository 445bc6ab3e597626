/**
 * The direction of imports. Each layer may import the layers above it in this list, never those below: a passage flows
 * from `corpus` to `indexing`, a question from `search` to its hits, and both stand on the ground floor.
 */
const LAYERS = [
  'base',
  'vectors',
  'languages',
  'models',
  'pack',
  'corpus',
  'generate',
  'encode',
  'augment',
  'store',
  'indexing',
  'expand',
  'search',
  'index-options',
  'add-documents',
  'xqg-index',
  'plan',
  'evaluate',
  'train',
  'index',
  'server',
  'client',
  'web',
  'cli',
];

/** A layer is a folder of src/, or a file at its root. */
const pathOf = (layer) => `^src/${layer}(/|\\.ts$)`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '\\.d\\.ts$|\\.config\\.m?js$|src/web/' },
      to: {},
    },
    ...LAYERS.map((layer, floor) => ({
      name: `${layer}-imports-only-layers-before-it`,
      severity: 'error',
      from: { path: pathOf(layer) },
      to: {
        path: '^src/',
        pathNot: LAYERS.slice(0, floor + 1).map(pathOf),
      },
    })),
    {
      name: 'web-reaches-the-server-through-the-client',
      severity: 'error',
      from: { path: '^src/web/' },
      to: {
        path: '^src/',
        pathNot: ['^src/web/', '^src/client/', '^src/languages/', '^src/base/'],
      },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
