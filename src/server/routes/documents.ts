/** Documents and files into an index and out of it, as jobs to watch. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyRequest, FastifySchemaCompiler } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import { requireRight } from '../access.js';
import { JSON_EXPECTED, problemsOf } from '../failures.js';
import type { Upload } from '../jobs/jobs.js';
import { receiveDocuments } from '../jobs/received-documents.js';
import { documentLang, documentParams, documentsBody, indexParams, metadata } from '../requests.js';
import { jobResponse } from '../responses.js';
import { type App, FAILURES, type Limits, type RouteContext } from './context.js';

/** Fields of the form beside its files. */
const formFields = z.strictObject({
  lang: documentLang.optional(),
  metadata: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue('is not JSON');
        return z.NEVER;
      }
    })
    .pipe(metadata)
    .optional(),
});

/** The body is checked once it is on the disk: here it is a stream. */
const validator = (({ httpPart, ...route }) =>
  httpPart === 'body'
    ? (value: unknown) => ({ value })
    : validatorCompiler({ httpPart, ...route } as never)) as FastifySchemaCompiler<unknown>;

export function documentRoutes(app: App, { service, jobs, limits }: RouteContext): void {
  app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', (_, payload, done) => done(null, payload));
    scope.post(
      '/api/indexes/:index/documents',
      {
        bodyLimit: limits.upload,
        validatorCompiler: validator,
        schema: {
          tags: ['Documents'],
          summary: 'Add documents',
          description:
            'A document with the id of another one replaces it. Answers with a job to watch.',
          params: indexParams,
          body: documentsBody,
          response: { 202: jobResponse, ...FAILURES },
        },
      },
      async ({ caller, params, body }, reply) => {
        const stream = body as unknown as Readable | null | undefined;
        requireRight(caller.access, 'add');
        const served = service.index(caller.access, params.index);
        if (!stream) {
          const reason = 'its body is empty';
          throw new XqgError('XQG_REQUEST_MALFORMED', { reason, expected: JSON_EXPECTED });
        }
        const job = await jobs.receive(served, caller, async (upload) => {
          const files = {
            body: join(upload.folder, '..', 'body.json'),
            rows: join(upload.folder, 'documents.jsonl'),
          };
          const chunks = limited(stream, upload, limits.upload, 'body');
          await pipeline(chunks, createWriteStream(files.body));
          const late = AbortSignal.timeout(service.gate.timeoutMs);
          const what = await receiveDocuments(files, AbortSignal.any([caller.signal, late]));
          await rm(files.body);
          return { task: { kind: 'add', metadata: {} }, what };
        });
        return reply.code(202).send(job);
      },
    );
  });
  app.post(
    '/api/indexes/:index/files',
    {
      schema: {
        tags: ['Documents'],
        summary: 'Add files',
        description:
          'A form (multipart/form-data) with one or more files, and optionally their language (`lang`) and metadata for all of them (`metadata`, JSON). Answers with a job to watch.',
        consumes: ['multipart/form-data'],
        params: indexParams,
        response: { 202: jobResponse, ...FAILURES },
      },
    },
    async (request, reply) => {
      const { caller, params } = request;
      requireRight(caller.access, 'add');
      const served = service.index(caller.access, params.index);
      if (!request.isMultipart()) {
        throw new XqgError('XQG_REQUEST_MALFORMED', { reason: 'it is no form', expected: A_FORM });
      }
      const job = await jobs.receive(served, caller, async (upload) => {
        const { names, lang, metadata = {} } = await receiveFiles(request, upload, limits);
        return { task: { kind: 'add', lang, metadata }, what: names };
      });
      return reply.code(202).send(job);
    },
  );
  app.delete(
    '/api/indexes/:index/documents/:id',
    {
      schema: {
        tags: ['Documents'],
        summary: 'Remove a document',
        params: documentParams,
        response: { 202: jobResponse, ...FAILURES },
      },
    },
    async ({ caller, params }, reply) => {
      requireRight(caller.access, 'remove');
      const served = service.index(caller.access, params.index);
      const what = [params.id];
      const job = await jobs.receive(served, caller, async () => ({
        task: { kind: 'remove', documents: what },
        what,
      }));
      return reply.code(202).send(job);
    },
  );
}

const A_FORM = 'multipart/form-data with one or more files';
/** Fields besides the files, and characters of their names and values. */
const FIELDS = 10;
const FIELD_NAME = 100;
const FIELD_BYTES = 256_000;

/** Writes the files of a form into the folder, as they come. */
async function receiveFiles(
  request: FastifyRequest,
  upload: Upload,
  limits: Limits,
): Promise<{ names: string[] } & z.output<typeof formFields>> {
  const names: string[] = [];
  const fields = new Map<string, unknown>();
  const parts = request.parts({
    limits: {
      fileSize: limits.upload,
      files: limits.files,
      fields: FIELDS,
      parts: limits.files + FIELDS,
      fieldNameSize: FIELD_NAME,
      fieldSize: FIELD_BYTES,
    },
  });
  for (;;) {
    const next = await parts.next().catch((cause: NodeJS.ErrnoException) => {
      // What the parser of forms throws has no code, or one of its own.
      if (cause instanceof XqgError || (cause.code ?? '').startsWith('FST_')) throw cause;
      throw new XqgError(
        'XQG_REQUEST_MALFORMED',
        { reason: `its form cannot be read (${cause.message})`, expected: A_FORM },
        { cause },
      );
    });
    if (next.done) break;
    const part = next.value;
    if (part.type === 'field') {
      fields.set(part.fieldname, part.value);
      continue;
    }
    const name = fileName(part.filename ?? '', names);
    const chunks = limited(part.file, upload, limits.upload, `file ${name}`);
    await pipeline(chunks, createWriteStream(join(upload.folder, name), { flags: 'wx' }));
    if (part.file.truncated) throw tooLarge(`file ${name}`, limits.upload);
    names.push(name);
  }
  if (names.length === 0)
    throw new XqgError('XQG_REQUEST_INVALID', { problems: 'the form holds no file' });
  const { data, error } = formFields.safeParse(Object.fromEntries(fields));
  if (error) throw new XqgError('XQG_REQUEST_INVALID', { problems: problemsOf(error.issues) });
  return { names, ...data };
}

/**
 * Passes bytes on as long as there is room for them. What is left over is read and dropped, so that
 * the client gets to see why.
 */
async function* limited(
  stream: Readable,
  upload: Upload,
  limit: number,
  what: string,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge(what, limit);
      upload.grow(chunk.length);
      yield chunk;
    }
  } finally {
    stream.resume();
  }
}

function tooLarge(what: string, limit: number): XqgError {
  return new XqgError('XQG_REQUEST_TOO_LARGE', {
    what,
    limit: `${limit.toLocaleString('en-US')} bytes`,
    option: '--max-upload',
  });
}

/** File systems take 255; names of unfinished files are longer. */
const NAME_BYTES = 200;

/**
 * The last part of a name, of this folder and nowhere else, and the end of a long one, which says
 * the format; two of one name in one form are refused.
 */
function fileName(given: string, taken: readonly string[]): string {
  const characters = [...basename(given.replaceAll('\\', '/')).replace(/\p{Cc}/gu, '')];
  let bytes = 0;
  let start = characters.length;
  while (start > 0) {
    bytes += Buffer.byteLength(characters[start - 1]);
    if (bytes > NAME_BYTES) break;
    start--;
  }
  const name = characters.slice(start).join('');
  const problem =
    name === '' || name.startsWith('.')
      ? `"${given.slice(0, NAME_BYTES)}" is no name of a file`
      : taken.includes(name)
        ? `two files are named "${name}"`
        : null;
  if (problem !== null) throw new XqgError('XQG_REQUEST_INVALID', { problems: problem });
  return name;
}
