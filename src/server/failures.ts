/**
 * Failures as HTTP answers: every one has a code of the catalogue, and none shows a stack or a
 * folder of the server.
 */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { ErrorCode } from '../base/error-catalogue.js';
import { asXqgError, XqgError } from '../base/errors.js';

/** What is not named here is a fault of the server: 500. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  XQG_REQUEST_INVALID: 400,
  XQG_REQUEST_MALFORMED: 400,
  XQG_FILTER_SYNTAX: 400,
  XQG_NUMBER_OUT_OF_RANGE: 400,
  XQG_UNKNOWN_LANGUAGE: 400,
  XQG_NOT_A_LANGUAGE: 400,
  XQG_UNKNOWN_PROFILE: 400,
  XQG_KEY_MISSING: 401,
  XQG_KEY_UNKNOWN: 401,
  XQG_HOST_REFUSED: 403,
  XQG_ORIGIN_REFUSED: 403,
  XQG_KEY_RIGHT: 403,
  XQG_ADDRESS_UNKNOWN: 404,
  XQG_INDEX_UNKNOWN: 404,
  XQG_INDEX_MISSING: 404,
  XQG_PASSAGE_UNKNOWN: 404,
  XQG_JOB_UNKNOWN: 404,
  XQG_EXPERIMENT_UNKNOWN: 404,
  XQG_NO_GENERATED_QUERIES: 409,
  XQG_NO_EXPANDER: 409,
  XQG_JOB_FINAL: 409,
  XQG_REQUEST_TOO_LARGE: 413,
  XQG_REQUEST_STALLED: 408,
  XQG_KEY_ATTEMPTS: 429,
  XQG_RATE_LIMITED: 429,
  XQG_SERVER_BUSY: 503,
  XQG_SERVER_STOPPING: 503,
  XQG_REQUEST_TOO_SLOW: 504,
  XQG_DISK_FULL: 507,
};

function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 500;
}

/** Answers a request with what was thrown. */
export function sendFailure(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = toXqgError(thrown, request);
  const status = statusOf(error.code);
  const fault = status === 500 && error.code === 'XQG_UNEXPECTED';
  if (status === 500) request.log.error({ err: thrown, code: error.code }, 'failed');
  if (typeof error.details.seconds === 'number' && status !== 504) {
    reply.header('retry-after', error.details.seconds);
  }
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="xqg"');
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({
      error: {
        code: error.code,
        message: fault ? 'Something unexpected happened.' : error.message,
        remedy: fault ? "The server's log says more about this request." : error.remedy,
        details: fault ? {} : error.details,
      },
      requestId: request.id,
    });
}

/** What a body should have been. */
export const JSON_EXPECTED =
  'a JSON document in UTF-8 with the header "Content-Type: application/json"';

/** Problems that are named, and characters of them all. */
const NAMED = 20;
const LONGEST = 2000;

/**
 * What is wrong with a request, as one text.
 * @param whole stands for the request itself
 */
export function problemsOf(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
  whole = 'request',
): string {
  return issues
    .slice(0, NAMED)
    .map(({ path, message }) => `${path.length === 0 ? whole : path.join('.')} ${message}`)
    .join('; ')
    .slice(0, LONGEST);
}

function toXqgError(thrown: unknown, request: FastifyRequest): XqgError {
  if (thrown instanceof XqgError) return thrown;
  const error = thrown as FastifyError;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issues = error.validation.map(({ instancePath, message = '' }) => ({
      path: instancePath.split('/').slice(1),
      message,
    }));
    const problems = problemsOf(issues, error.validationContext);
    return new XqgError('XQG_REQUEST_INVALID', { problems }, { cause: thrown });
  }
  switch (error?.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new XqgError('XQG_REQUEST_TOO_LARGE', {
        what: 'body',
        limit: `${(request.routeOptions.bodyLimit ?? 0).toLocaleString('en-US')} bytes`,
        option: '--max-upload',
      });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_INVALID_MULTIPART_CONTENT_TYPE':
      return new XqgError('XQG_REQUEST_MALFORMED', {
        reason: error.message.replace(/\.$/, ''),
        expected: error.code.startsWith('FST_INVALID') ? 'multipart/form-data' : JSON_EXPECTED,
      });
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new XqgError('XQG_REQUEST_MALFORMED', {
        reason: 'its address is not valid',
        expected: 'percent-encoded UTF-8 of a usual length',
      });
  }
  // Parsers of bodies and of multipart forms throw these.
  const status = error?.statusCode ?? 500;
  if (status === 413) {
    return new XqgError('XQG_REQUEST_TOO_LARGE', {
      what: 'upload',
      limit: 'files',
      option: '--max-upload',
    });
  }
  if (status >= 400 && status < 500) {
    return new XqgError(
      'XQG_REQUEST_MALFORMED',
      { reason: error.message.replace(/\.$/, ''), expected: JSON_EXPECTED },
      { cause: thrown },
    );
  }
  return asXqgError(thrown);
}
