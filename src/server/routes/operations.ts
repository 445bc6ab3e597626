/** Health, readiness and metrics. */
import type { Registry } from 'prom-client';
import { XqgError } from '../../base/errors.js';
import { isRestricted } from '../access.js';
import { healthResponse, readyResponse } from '../responses.js';
import type { App, RouteContext } from './context.js';

export function operationRoutes(
  app: App,
  { service }: RouteContext,
  { registry, isStopping }: { registry: Registry; isStopping: () => boolean },
): void {
  app.get(
    '/health',
    {
      config: { open: true, rateLimit: false },
      schema: {
        tags: ['Operations'],
        summary: 'Does the server live?',
        response: { 200: healthResponse },
      },
    },
    async () => ({ status: 'ok' as const }),
  );
  app.get(
    '/ready',
    {
      config: { open: true, rateLimit: false },
      schema: {
        tags: ['Operations'],
        summary: 'Are its indexes open?',
        description: 'An index that is not there yet does not count: documents can be added to it.',
        response: { 200: readyResponse, 503: readyResponse },
      },
    },
    async (_, reply) => {
      const conditions = [...service.indexes.values()].map(({ condition }) => condition);
      const status = isStopping()
        ? 'stopping'
        : conditions.includes('failed')
          ? 'failed'
          : conditions.every((condition) => condition === 'open' || condition === 'missing')
            ? 'ready'
            : 'opening';
      return reply.code(status === 'ready' ? 200 : 503).send({ status });
    },
  );
  app.get(
    '/metrics',
    {
      config: { rateLimit: false },
      schema: {
        tags: ['Operations'],
        summary: 'Figures for Prometheus',
        description: 'With keys, only for a key that sees everything.',
        produces: ['text/plain'],
      },
    },
    async ({ caller: { access } }, reply) => {
      if (isRestricted(access)) {
        throw new XqgError('XQG_KEY_RIGHT', {
          fingerprint: access.fingerprint ?? 'none',
          right: 'see the whole server',
        });
      }
      return reply.type(registry.contentType).send(await registry.metrics());
    },
  );
}
