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
    ({ caller }) => service.list(caller),
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
    ({ caller, params }) => service.describe(caller, params.index),
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
    ({ caller, params, query }) => service.passages(caller, params.index, query),
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
    ({ caller, params }) => service.passage(caller, params.index, params.id),
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
    ({ caller, params, query }) => service.coverage(caller, params.index, query.sample),
  );
}
