/**
 * Ends connections that are kept open by sending or reading next to nothing: a body must come, and
 * a response must be taken, at some bytes per second. One client gets some of the connections.
 */
import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { XqgError } from '../base/errors.js';
import { networkOf } from './attempts.js';

export interface PaceOptions {
  /** Before the rate counts, in milliseconds. Default 20,000. */
  readonly graceMs?: number;
  /** Default 4,000. */
  readonly bytesPerSecond?: number;
  /** Connections at once, from all clients; default 2,000. */
  readonly connections?: number;
  /** Connections at once from one address; default 500. */
  readonly connectionsPerClient?: number;
}

/** How often connections are looked at, in milliseconds. */
const EVERY_MS = 1000;

interface Transfer {
  readonly request: FastifyRequest;
  readonly response: ServerResponse;
  readonly began: number;
  /** Of the connection, which may have carried other requests before. */
  readonly bytesBefore: number;
  /** When the response was ready, by `performance.now()`; null: not yet. */
  answered: number | null;
  /** Of the response. */
  bytes: number;
}

export function addPace(
  app: FastifyInstance,
  refuse: (socket: Socket, status: string, error: XqgError) => void,
  {
    graceMs = 20_000,
    bytesPerSecond = 4000,
    connections = 2000,
    connectionsPerClient = 500,
  }: PaceOptions,
): void {
  const transfers = new Set<Transfer>();
  const allowedMs = (bytes: number): number => graceMs + (bytes / bytesPerSecond) * 1000;
  const check = (transfer: Transfer): void => {
    const { request, response, began, bytesBefore } = transfer;
    const { socket } = request.raw;
    // A client may go on sending after it was answered.
    if (socket.destroyed || (request.raw.complete && response.writableFinished)) {
      transfers.delete(transfer);
      return;
    }
    const now = performance.now();
    if (!request.raw.complete && now - began > allowedMs(socket.bytesRead - bytesBefore)) {
      const error = new XqgError('XQG_REQUEST_STALLED', { rate: bytesPerSecond });
      if (response.headersSent) socket.destroy();
      else refuse(socket, '408 Request Timeout', error);
      return;
    }
    if (!response.headersSent) return;
    transfer.answered ??= now;
    const announced = Number(response.getHeader('content-length') ?? 0);
    transfer.bytes = Math.max(transfer.bytes, announced, socket.writableLength);
    // What still comes after the answer is dropped, but not without end.
    const bytes = response.writableFinished ? 0 : transfer.bytes;
    if (now - transfer.answered > allowedMs(bytes)) socket.destroy();
  };
  const timer = setInterval(
    () => {
      for (const transfer of transfers) check(transfer);
    },
    Math.min(EVERY_MS, graceMs),
  );
  timer.unref();
  app.addHook('onClose', async () => clearInterval(timer));

  app.addHook('onRequest', async (request, reply) => {
    const { socket } = request.raw;
    // Not of a request that came over no connection.
    if (!(socket instanceof Socket)) return;
    transfers.add({
      request,
      response: reply.raw,
      began: performance.now(),
      bytesBefore: socket.bytesRead,
      answered: null,
      bytes: 0,
    });
  });

  app.server.maxConnections = connections;
  const open = new Map<string, number>();
  app.server.on('connection', (socket: Socket) => {
    const network = networkOf(socket.remoteAddress ?? '');
    const count = (open.get(network) ?? 0) + 1;
    if (count > connectionsPerClient) return void socket.destroy();
    open.set(network, count);
    socket.once('close', () => {
      const left = open.get(network)! - 1;
      if (left === 0) open.delete(network);
      else open.set(network, left);
    });
  });
}
