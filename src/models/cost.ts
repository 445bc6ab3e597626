/**
 * What running an encoder or a generator costs, so that people are told before long or paid work:
 * `negligible` for what looks up tables or files, `time` for a model of this machine, or the
 * endpoint whose settings state its limits and prices.
 */
import type { Endpoint } from './remote/endpoint.js';

export type RunningCost = 'negligible' | 'time' | Endpoint;

/** The endpoint that does the work; null for what runs on this machine. */
export function endpointOfCost({ cost }: { readonly cost?: RunningCost }): Endpoint | null {
  return typeof cost === 'object' ? cost : null;
}
