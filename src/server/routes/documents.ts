/** Documents and files into an index and out of it, as jobs to watch. */
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import { requireRight } from '../access.js';
import {
  documentLang,
  documentParams,
  documentsBody,
  indexParams,
  jobParams,
  metadata,
} from '../requests.js';
import { jobResponse, jobsResponse } from '../responses.js';
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

export function documentRoutes(app: App, { service, jobs, limits }: RouteContext): void {
  app.post(
    '/api/indexes/:index/documents',
    {
      bodyLimit: limits.upload,
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
    async ({ access, params, body }, reply) => {
      requireRight(access, 'add');
      const served = service.index(access, params.index);
      const { id, folder, discard } = await jobs.reserve(served);
      try {
        const rows = body.documents.map((row) => JSON.stringify(row)).join('\n');
        await writeFile(join(folder, 'documents.jsonl'), rows);
        const what = body.documents.map((document) => document.id);
        const task = { kind: 'add' as const, metadata: {} };
        return reply
          .code(202)
          .send(await jobs.start({ served, access, id }, task, what.slice(0, 100)));
      } catch (error) {
        await discard();
        throw error;
      }
    },
  );
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
      const { access, params } = request;
      requireRight(access, 'add');
      const served = service.index(access, params.index);
      if (!request.isMultipart()) {
        throw new XqgError('XQG_REQUEST_MALFORMED', {
          reason: 'it is no form',
          expected: 'multipart/form-data with one or more files',
        });
      }
      const { id, folder, discard } = await jobs.reserve(served);
      try {
        const { names, lang, metadata = {} } = await receive(request, folder, limits);
        const task = { kind: 'add' as const, lang, metadata };
        return reply.code(202).send(await jobs.start({ served, access, id }, task, names));
      } catch (error) {
        await discard();
        throw error;
      }
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
    async ({ access, params }, reply) => {
      requireRight(access, 'remove');
      const served = service.index(access, params.index);
      const { id, discard } = await jobs.reserve(served);
      try {
        const task = { kind: 'remove' as const, documents: [params.id] };
        return reply.code(202).send(await jobs.start({ served, access, id }, task, [params.id]));
      } catch (error) {
        await discard();
        throw error;
      }
    },
  );
  app.get(
    '/api/jobs',
    {
      schema: {
        tags: ['Documents'],
        summary: 'Jobs, newest first',
        response: { 200: jobsResponse, ...FAILURES },
      },
    },
    async ({ access }) => ({ jobs: jobs.list(access) }),
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
    async ({ access, params }) => jobs.get(access, params.job),
  );
  app.delete(
    '/api/jobs/:job',
    {
      schema: {
        tags: ['Documents'],
        summary: 'Stop a job at a safe point',
        params: jobParams,
        response: { 200: jobResponse, ...FAILURES },
      },
    },
    async ({ access, params }) => {
      requireRight(access, jobs.get(access, params.job).kind);
      return jobs.cancel(access, params.job);
    },
  );
}

/** Writes the files of a form into the folder, as they come. */
async function receive(
  request: FastifyRequest,
  folder: string,
  limits: Limits,
): Promise<{ names: string[] } & z.output<typeof formFields>> {
  const names: string[] = [];
  const fields: Record<string, unknown> = {};
  let received = 0;
  async function* counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      received += chunk.length;
      if (received > limits.request) throw tooLarge('request', limits.request, '--max-request');
      yield chunk;
    }
  }
  for await (const part of request.parts({
    limits: { fileSize: limits.upload, files: limits.files },
  })) {
    if (part.type === 'field') {
      fields[part.fieldname] = part.value;
      continue;
    }
    const name = fileName(part.filename, names);
    await pipeline(part.file, counted, createWriteStream(join(folder, name), { flags: 'wx' }));
    if (part.file.truncated) throw tooLarge(`file ${name}`, limits.upload, '--max-upload');
    names.push(name);
  }
  if (names.length === 0)
    throw new XqgError('XQG_REQUEST_INVALID', { problems: 'the form holds no file' });
  const { data, error } = formFields.safeParse(fields);
  if (error) {
    const problems = error.issues
      .map(({ path, message }) => `${path.join('.')} ${message}`)
      .join('; ');
    throw new XqgError('XQG_REQUEST_INVALID', { problems });
  }
  return { names, ...data };
}

function tooLarge(what: string, limit: number, option: string): XqgError {
  const bytes = `${limit.toLocaleString('en-US')} bytes`;
  return new XqgError('XQG_REQUEST_TOO_LARGE', { what, limit: bytes, option });
}

/**
 * The last part of a name, of this folder and nowhere else; two of one name in one form are
 * refused.
 */
function fileName(given: string, taken: readonly string[]): string {
  const name = basename(given.replaceAll('\\', '/'))
    .replace(/\p{Cc}/gu, '')
    .slice(-200);
  const problem =
    name === '' || name.startsWith('.')
      ? `"${given}" is no name of a file`
      : taken.includes(name)
        ? `two files are named "${name}"`
        : null;
  if (problem !== null) throw new XqgError('XQG_REQUEST_INVALID', { problems: problem });
  return name;
}
