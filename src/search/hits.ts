/** From the legs' lists to the hits of one question. */
import type { SearchDefaults } from './defaults.js';
import type { DenseList } from './dense/exact-search.js';
import { hybrid, type Normalization } from './fusion.js';
import type { LexicalTop } from './lexical/index.js';
import { lexicalModeOf, type SearchHit, type SearchRequest } from './request.js';
export interface HitContext {
  /** By row. */
  readonly ids: readonly string[];
  /** (n) of `rankOfIds`. */
  readonly rank: Uint32Array;
  readonly defaults: SearchDefaults;
}

/** @param lexical null in the mode `dense` */
export function hitsOf(
  request: SearchRequest,
  dense: DenseList,
  lexical: LexicalTop | null,
  { ids, rank, defaults }: HitContext,
): SearchHit[] {
  const { mode, k } = request;
  const lexicalList = lexical?.list ?? { rows: new Uint32Array(0), scores: new Float64Array(0) };
  if (mode !== 'hybrid') {
    const { rows, scores } = mode === 'dense' ? dense.list : lexicalList;
    return Array.from(rows, (row, i) => ({
      row,
      id: ids[row],
      score: scores[i],
      dense: mode === 'dense' ? scores[i] : null,
      lexical: mode === 'lexical' ? scores[i] : null,
    }));
  }
  const { normalization, denseWeight } = hybridSettings(request, defaults);
  const legs = [
    { ...dense, weight: denseWeight, missing: null },
    {
      list: lexicalList,
      score: (row: number) => lexical?.others.get(row) || null,
      weight: 1,
      missing: 0,
    },
  ];
  return hybrid(legs, normalization, k, rank).map(
    ({ row, score, legs: [denseScore, lexicalScore] }) => ({
      row,
      id: ids[row],
      score,
      dense: denseScore,
      lexical: lexicalScore,
    }),
  );
}

/** How the legs of a request are joined. */
export function hybridSettings(
  request: SearchRequest,
  { hybrid: usual }: Pick<SearchDefaults, 'hybrid'>,
): { readonly normalization: Normalization; readonly denseWeight: number } {
  const { normalization, denseWeight } = request;
  return {
    normalization: normalization ?? usual.normalization,
    denseWeight: denseWeight ?? usual.denseWeight[lexicalModeOf(request)],
  };
}
