/** Search and explain. */
import type { FastifyRequest } from 'fastify';
import { explainBody, indexParams, searchBody } from '../requests.js';
import { explainResponse, searchResponse } from '../responses.js';
import { type App, FAILURES, type RouteContext } from './context.js';

export function searchRoutes(app: App, { service }: RouteContext): void {
  const onRequest = async ({ caller }: FastifyRequest): Promise<void> =>
    service.gate.requireRoom(caller.client);
  app.post(
    '/api/indexes/:index/search',
    {
      onRequest,
      schema: {
        tags: ['Search'],
        summary: 'Ask a question',
        description:
          'Ranks the passages with the generated queries, without them, or both beside each other.',
        params: indexParams,
        body: searchBody,
        response: { 200: searchResponse, ...FAILURES },
      },
    },
    ({ caller, params, body }) => service.search(caller, params.index, body),
  );
  app.post(
    '/api/indexes/:index/explain',
    {
      onRequest,
      schema: {
        tags: ['Search'],
        summary: 'Why is a passage found?',
        description:
          "The share of the passage and of each language's queries in its score, the terms, and the nearest queries.",
        params: indexParams,
        body: explainBody,
        response: { 200: explainResponse, ...FAILURES },
      },
    },
    ({ caller, params, body }) => service.explain(caller, params.index, body),
  );
}
