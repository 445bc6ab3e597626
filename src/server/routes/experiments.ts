/** The results and reports of experiment runs. */
import { z } from 'zod';
import { requireRight } from '../access.js';
import { experimentParams } from '../requests.js';
import { experimentsResponse } from '../responses.js';
import { type App, FAILURES, type RouteContext } from './context.js';

/** A report may run its own scripts and load nothing; it is no page of this server's. */
const REPORT_POLICY =
  "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'";

export function experimentRoutes(app: App, { experiments }: RouteContext): void {
  app.get(
    '/api/experiments',
    {
      schema: {
        tags: ['Experiments'],
        summary: 'The experiment runs',
        response: { 200: experimentsResponse, ...FAILURES },
      },
    },
    ({ caller }) => {
      requireRight(caller.access, 'search');
      return experiments.list(caller.access);
    },
  );
  app.get(
    '/api/experiments/:experiment/results',
    {
      schema: {
        tags: ['Experiments'],
        summary: 'The figures of an experiment (results.json)',
        params: experimentParams,
        response: { 200: z.unknown(), ...FAILURES },
      },
    },
    ({ caller, params }) => {
      requireRight(caller.access, 'search');
      return experiments.results(caller.access, params.experiment);
    },
  );
  app.get(
    '/api/experiments/:experiment/report',
    {
      schema: {
        tags: ['Experiments'],
        summary: 'The report of an experiment (report.html)',
        params: experimentParams,
        produces: ['text/html'],
      },
    },
    async ({ caller, params }, reply) => {
      requireRight(caller.access, 'search');
      const report = await experiments.report(caller.access, params.experiment);
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', REPORT_POLICY)
        .header('x-frame-options', 'SAMEORIGIN')
        .send(report);
    },
  );
}
