/** Indexes, their passages and the generated queries. */

import { coverageQuery, indexParams, listQuery, passageParams } from '../requests.js';
import {
  coverageResponse,
  indexesResponse,
  indexResponse,
  passageResponse,
  passagesResponse,
} from '../responses.js';
import { type App, FAILURES, type RouteContext } from './context.js';

export function indexRoutes(app: App, { service }: RouteContext): void {
  app.get(
    '/api/indexes',
    {
      schema: {
        tags: ['Indexes'],
        summary: 'The indexes of this server',
        response: { 200: indexesResponse, ...FAILURES },
      },
    },
    ({ access }) => service.list(access),
  );
  app.get(
    '/api/indexes/:index',
    {
      schema: {
        tags: ['Indexes'],
        summary: 'What an index holds and what made it',
        params: indexParams,
        response: { 200: indexResponse, ...FAILURES },
      },
    },
    ({ access, params }) => service.describe(access, params.index),
  );
  app.get(
    '/api/indexes/:index/passages',
    {
      schema: {
        tags: ['Indexes'],
        summary: 'Passages, page by page',
        params: indexParams,
        querystring: listQuery,
        response: { 200: passagesResponse, ...FAILURES },
      },
    },
    ({ access, params, query }) => service.passages(access, params.index, query),
  );
  app.get(
    '/api/indexes/:index/passages/:id',
    {
      schema: {
        tags: ['Indexes'],
        summary: 'A passage with its generated queries',
        params: passageParams,
        response: { 200: passageResponse, ...FAILURES },
      },
    },
    ({ access, params }) => service.passage(access, params.index, params.id),
  );
  app.get(
    '/api/indexes/:index/coverage',
    {
      schema: {
        tags: ['Indexes'],
        summary: 'How many generated queries find their own passage',
        params: indexParams,
        querystring: coverageQuery,
        response: { 200: coverageResponse, ...FAILURES },
      },
    },
    ({ access, params, query }) => service.coverage(access, params.index, query.sample),
  );
}
