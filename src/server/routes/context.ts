/** What every group of routes gets. Holds no logic. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Experiments } from '../experiments.js';
import type { Jobs } from '../jobs/jobs.js';
import { failureAnswer } from '../responses.js';
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

/** Failures that any route may answer. */
export const FAILURES = { '4xx': failureAnswer, '5xx': failureAnswer };
