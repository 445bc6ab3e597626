/** The HTTP server over one or several indexes: guards, limits, routes and the page together. */
import type { Socket } from 'node:net';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import fastify, {
  type FastifyInstance,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { isAbort, XqgError } from '../base/errors.js';
import type { FileLimits } from '../corpus/isolation/limits.js';
import { Expansions, type ExpansionsOptions } from './expansions.js';
import { Experiments } from './experiments.js';
import { JSON_EXPECTED, sendFailure } from './failures.js';
import { Gate } from './gate.js';
import { addGuards } from './guards.js';
import { Jobs } from './jobs/jobs.js';
import type { KeyRing } from './keys.js';
import { addMcp } from './mcp-transports.js';
import { addMetrics } from './metrics.js';
import { addOpenApi } from './openapi.js';
import { addPace, type PaceOptions } from './pace.js';
import { addPage } from './page.js';
import { documentRoutes } from './routes/documents.js';
import { experimentRoutes } from './routes/experiments.js';
import { indexRoutes } from './routes/indexes.js';
import { jobRoutes } from './routes/jobs.js';
import { operationRoutes } from './routes/operations.js';
import { searchRoutes } from './routes/search.js';
import type { ServedIndex } from './served-index.js';
import { Service } from './service.js';

export interface ServerOptions {
  readonly indexes: ReadonlyMap<string, ServedIndex>;
  /** null: no key is needed. */
  readonly keys?: KeyRing | null;
  /** Host names besides those of loopback. */
  readonly hosts?: readonly string[];
  /** Origins of other pages that may use the server. */
  readonly origins?: readonly string[];
  /**
   * How questions are expanded where a request wants it; its expander is closed with the server.
   * Default: they are not, and nothing leaves the machine.
   */
  readonly expand?: ExpansionsOptions['expand'];
  /** Milliseconds that a question waits for it; default 10,000, and at most half of `timeoutMs`. */
  readonly expandTimeoutMs?: number;
  /** Folder with the folders of experiment runs. */
  readonly experiments?: string | null;
  /** Searches at once; default 2. */
  readonly running?: number;
  /** Searches that wait; default 64. More are refused. */
  readonly waiting?: number;
  /** Default 30,000. */
  readonly timeoutMs?: number;
  /** Requests a minute from one client; 0: any number. Default 3,000. */
  readonly rate?: number;
  /** Bytes of one uploaded file; default 50 MB. */
  readonly maxUpload?: number;
  /** Bytes of all files of one request; default five times `maxUpload`. */
  readonly maxRequest?: number;
  /** Bytes of uploads that are not indexed yet, of one client at most half; default 4 GB. */
  readonly maxIncoming?: number;
  /** Limits on connections that send or read slowly, and on their number. */
  readonly pace?: PaceOptions;
  /** What each file may take while it is read. */
  readonly fileLimits?: FileLimits;
  /** Access log; default none. */
  readonly logger?: FastifyServerOptions['logger'];
  /** Folder of the built page. */
  readonly page?: string;
}

/** Bytes of a body that is neither file nor documents. */
const BODY_LIMIT = 256_000;
/** Milliseconds within which the headers of a request must come. */
const HEADERS_MS = 20_000;
const FILES = 100;
/** One request holds so many of the largest files, unless another limit is given. */
const FILES_AT_LIMIT = 5;
const LEAST_REQUEST = 1_000_000;

export type XqgServer = Awaited<ReturnType<typeof buildServer>>;

/** Puts a server together; it listens once `listen` is called, and ends with `close`. */
export async function buildServer(options: ServerOptions) {
  const { indexes, keys = null, logger = false, rate = 3000, maxUpload = 50_000_000 } = options;
  const { running = 2, waiting = 64 } = options;
  const gate = new Gate({
    running,
    waiting,
    timeoutMs: options.timeoutMs ?? 30_000,
  });
  const expansions =
    options.expand === undefined
      ? null
      : new Expansions({
          expand: options.expand,
          timeoutMs: options.expandTimeoutMs,
          waiting: running + waiting,
          onFailure: (failure) => app.log.warn(failure, 'no expansion'),
        });
  const service = new Service(indexes, gate, expansions);
  const jobs = new Jobs(indexes, {
    requestBytes: options.maxRequest ?? Math.max(FILES_AT_LIMIT * maxUpload, LEAST_REQUEST),
    bytes: options.maxIncoming,
    fileLimits: options.fileLimits,
  });
  let stopping = false;

  const app = fastify({
    logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 4000 },
    forceCloseConnections: 'idle',
    http: { headersTimeout: HEADERS_MS, connectionsCheckingInterval: HEADERS_MS / 4 },
    return503OnClosing: false,
    genReqId: () => crypto.randomUUID(),
    frameworkErrors: (error, request, reply) => sendFailure(error, request, reply),
    clientErrorHandler: refuseUnreadable,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, request, reply) => {
    // The client has hung up.
    if (request.caller?.signal.aborted && isAbort(error)) return reply.code(499).send();
    return sendFailure(error, request, reply);
  });
  parseJson(app as unknown as FastifyInstance);

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (stopping) throw new XqgError('XQG_SERVER_STOPPING');
  });
  app.addHook('onSend', async (_, reply) => {
    // Else an idle connection would keep the server open until it times out.
    if (stopping) reply.header('connection', 'close');
  });
  await addGuards(app as unknown as FastifyInstance, {
    hosts: options.hosts ?? [],
    origins: options.origins ?? [],
    keys,
  });
  addPace(app as unknown as FastifyInstance, refuse, options.pace ?? {});
  app.addHook('onResponse', async (request, reply) => {
    request.log.info({
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ip: request.ip,
      key: request.caller?.access.fingerprint ?? null,
    });
  });
  if (rate > 0) {
    await app.register(rateLimit, {
      max: rate,
      timeWindow: 60_000,
      keyGenerator: ({ caller }) => caller.client,
      errorResponseBuilder: (_, { max, ttl }) =>
        new XqgError('XQG_RATE_LIMITED', { limit: max, seconds: Math.ceil(ttl / 1000) }),
    });
  }
  await app.register(multipart, { throwFileSizeLimit: false });
  const registry = addMetrics(app, { gate, jobs, expansions });
  await addOpenApi(app, keys !== null);
  const context = {
    service,
    jobs,
    experiments: new Experiments(options.experiments ?? null),
    limits: { upload: maxUpload, files: FILES },
  };
  // After the plugins, whose hooks see only routes that come later.
  app.after(() => {
    searchRoutes(app, context);
    indexRoutes(app, context);
    documentRoutes(app, context);
    jobRoutes(app, context);
    experimentRoutes(app, context);
    operationRoutes(app, context, { registry, isStopping: () => stopping });
    addMcp(app, service);
  });
  await addPage(app, options.page);

  app.addHook('onReady', async () => {
    await jobs.resume();
    // Not awaited: the page can be there before the indexes are.
    for (const index of indexes.values()) index.use(async () => undefined).catch(() => undefined);
  });
  app.addHook('preClose', async () => {
    stopping = true;
    await jobs.close();
  });
  app.addHook('onClose', async () => {
    await gate.onIdle();
    for (const index of indexes.values()) await index.close();
    await expansions?.close();
  });
  return app;
}

/** JSON of valid UTF-8 only: Node would put replacement characters where bytes are wrong. */
function parseJson(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_: FastifyRequest, body: Buffer) => {
      try {
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
      } catch (cause) {
        const reason = `its body is not JSON in UTF-8 (${(cause as Error).message})`;
        throw new XqgError('XQG_REQUEST_MALFORMED', { reason, expected: JSON_EXPECTED }, { cause });
      }
    },
  );
}

/** Answers what is no HTTP at all in the same shape. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET') return void socket.destroy();
  const reason =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'its headers are too long'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'it came too slowly'
        : 'it is not valid HTTP';
  const failure = new XqgError('XQG_REQUEST_MALFORMED', {
    reason,
    expected: 'an HTTP/1.1 request',
  });
  refuse(socket, '400 Bad Request', failure);
}

/** Answers on the connection itself, and ends it. */
function refuse(socket: Socket, status: string, failure: XqgError): void {
  if (!socket.writable) return void socket.destroy();
  const { code, message, remedy, details } = failure;
  const body = JSON.stringify({ error: { code, message, remedy, details }, requestId: '' });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
