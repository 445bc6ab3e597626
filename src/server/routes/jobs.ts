/** The jobs that write indexes: list, watch, run again, discard. */
import { requireRight } from '../access.js';
import { jobParams } from '../requests.js';
import { jobResponse, jobsResponse } from '../responses.js';
import { type App, FAILURES, type RouteContext } from './context.js';

export function jobRoutes(app: App, { jobs }: RouteContext): void {
  app.get(
    '/api/jobs',
    {
      schema: {
        tags: ['Documents'],
        summary: 'Jobs, newest first',
        response: { 200: jobsResponse, ...FAILURES },
      },
    },
    async ({ caller }) => ({ jobs: jobs.list(caller.access) }),
  );
  app.get(
    '/api/jobs/:job',
    {
      schema: {
        tags: ['Documents'],
        summary: 'How far a job is',
        params: jobParams,
        response: { 200: jobResponse, ...FAILURES },
      },
    },
    async ({ caller, params }) => jobs.get(caller.access, params.job),
  );
  app.post(
    '/api/jobs/:job/retry',
    {
      schema: {
        tags: ['Documents'],
        summary: 'Run a job again that failed through no fault of its documents',
        description: 'It comes after the jobs that wait.',
        params: jobParams,
        response: { 202: jobResponse, ...FAILURES },
      },
    },
    async ({ caller, params }, reply) => {
      requireRight(caller.access, jobs.get(caller.access, params.job).kind);
      return reply.code(202).send(await jobs.retry(caller.access, params.job));
    },
  );
  app.delete(
    '/api/jobs/:job',
    {
      schema: {
        tags: ['Documents'],
        summary: 'Stop a job at a safe point, or discard one that failed',
        params: jobParams,
        response: { 200: jobResponse, ...FAILURES },
      },
    },
    async ({ caller, params }) => {
      requireRight(caller.access, jobs.get(caller.access, params.job).kind);
      return jobs.cancel(caller.access, params.job);
    },
  );
}
