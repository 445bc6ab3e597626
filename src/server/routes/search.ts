/** Asking: search and explain. */

import { explainBody, indexParams, searchBody } from '../requests.js';
import { explainAnswer, searchAnswer } from '../responses.js';
import { type App, FAILURES, type RouteContext } from './context.js';

export function searchRoutes(app: App, { service }: RouteContext): void {
  const onRequest = async (): Promise<void> => service.gate.requirePlace();
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
        response: { 200: searchAnswer, ...FAILURES },
      },
    },
    ({ access, params, body, gone }) => service.search(access, params.index, body, gone),
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
        response: { 200: explainAnswer, ...FAILURES },
      },
    },
    ({ access, params, body, gone }) => service.explain(access, params.index, body, gone),
  );
}
