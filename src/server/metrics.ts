/** Figures for Prometheus. Counts and times; no question, no id, no key. */
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Expansions } from './expansions.js';
import type { Gate } from './gate.js';
import type { Jobs } from './jobs/jobs.js';

interface Watched {
  readonly gate: Gate;
  readonly jobs: Jobs;
  readonly expansions: Expansions | null;
}

export function addMetrics(app: FastifyInstance, { gate, jobs, expansions }: Watched): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const durations = new Histogram({
    name: 'xqg_http_request_duration_seconds',
    help: 'Time from the request to its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  new Gauge({
    name: 'xqg_searches_running',
    help: 'Searches that run now.',
    registers,
    collect() {
      this.set(gate.running);
    },
  });
  new Gauge({
    name: 'xqg_searches_waiting',
    help: 'Searches that wait for their turn.',
    registers,
    collect() {
      this.set(gate.waiting);
    },
  });
  new Counter({
    name: 'xqg_searches_shed_total',
    help: 'Searches that were refused because too many waited.',
    registers,
    collect() {
      this.reset();
      this.inc(gate.shed);
    },
  });
  new Counter({
    name: 'xqg_expansions_total',
    help: 'Questions that were to be expanded: written, failed, or skipped since the model is slow or busy.',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(expansions?.counts ?? {}))
        this.inc({ outcome }, count);
    },
  });
  new Gauge({
    name: 'xqg_jobs',
    help: 'Jobs by their state; ended ones as far as they are remembered.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(jobs.counts())) this.set({ state }, count);
    },
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const labels = { method, route: routeOptions.url ?? 'none', status: reply.statusCode };
    durations.observe(labels, reply.elapsedTime / 1000);
  });
  return registry;
}
