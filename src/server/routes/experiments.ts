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
    ({ access }) => {
      requireRight(access, 'search');
      return experiments.list();
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
    ({ access, params }) => {
      requireRight(access, 'search');
      return experiments.results(params.experiment);
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
    async ({ access, params }, reply) => {
      requireRight(access, 'search');
      const report = await experiments.report(params.experiment);
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', REPORT_POLICY)
        .header('x-frame-options', 'SAMEORIGIN')
        .send(report);
    },
  );
}
