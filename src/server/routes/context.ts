/** What every group of routes gets. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Experiments } from '../experiments.js';
import type { Jobs } from '../jobs/jobs.js';
import { failureResponse } from '../responses.js';
import type { Service } from '../service.js';

export interface RouteContext {
  readonly service: Service;
  readonly jobs: Jobs;
  readonly experiments: Experiments;
  readonly limits: Limits;
}

export interface Limits {
  /** Bytes of one uploaded file, and of a body with documents. */
  readonly upload: number;
  /** Files of one upload. */
  readonly files: number;
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Failures of any route. */
export const FAILURES = { '4xx': failureResponse, '5xx': failureResponse };
