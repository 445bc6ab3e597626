/**
 * Arguments of MCP tools as models write them: null for what is not given, numbers and switches as
 * text, one value for a list. What else does not fit is named.
 */
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { XqgError } from '../base/errors.js';

/**
 * @param schema strict, so that unknown arguments are found
 * @throws XqgError XQG_TOOL_ARGUMENTS naming all that is wrong
 */
export function toolArguments<S extends z.ZodObject>(
  tool: string,
  schema: S,
  given: unknown,
): z.output<S> {
  const values = Object.entries(withoutNulls(given ?? {}) as Record<string, unknown>);
  const fields = schema.shape as Readonly<Record<string, z.ZodType>>;
  const parsed = schema.safeParse(
    Object.fromEntries(
      values.map(([name, value]) => [
        name,
        Object.hasOwn(fields, name) ? typed(value, fields[name]) : value,
      ]),
    ),
    { reportInput: true },
  );
  if (parsed.success) return parsed.data;
  const known = Object.keys(fields);
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, known)).join('; ');
  throw new XqgError('XQG_TOOL_ARGUMENTS', {
    tool,
    problems,
    known: known.join(', ') || 'no arguments',
  });
}

/** Without members and elements that are null, at any depth. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((each) => each !== null).map(withoutNulls);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([name, each]) => [name, withoutNulls(each)]),
  );
}

/** A message without arguments that are null as a whole, which the protocol's schema refuses. */
export function withoutNullArguments<M>(message: M): M {
  if (Array.isArray(message)) return message.map(withoutNullArguments) as M;
  const { params } = (message ?? {}) as {
    readonly params?: Readonly<Record<string, unknown>> | null;
  };
  if (params?.arguments !== null) return message;
  const { arguments: _, ...others } = params;
  return { ...message, params: others };
}

/** A text as the number, switch or list that the field takes, where it is one. */
function typed(value: unknown, field: z.ZodType): unknown {
  if (typeof value !== 'string') return value;
  const type = unwrapped(field);
  const text = value.trim();
  if (type instanceof z.ZodNumber)
    return text !== '' && Number.isFinite(Number(text)) ? Number(text) : value;
  if (type instanceof z.ZodBoolean && /^(true|false)$/i.test(text)) return /^t/i.test(text);
  if (type instanceof z.ZodArray) return listIn(text) ?? [value];
  return value;
}

/** A list that was written as JSON. */
function listIn(text: string): unknown[] | null {
  if (!text.startsWith('[')) return text === '' ? [] : null;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((each) => each !== null) : null;
  } catch {
    return null;
  }
}

function unwrapped(field: z.ZodType): unknown {
  let inner: unknown = field;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap();
  return inner;
}

function problemsOf(issue: z.core.$ZodIssue, known: readonly string[]): string[] {
  const place = issue.path.join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownArgument(key, known));
  if (issue.code === 'invalid_type' && issue.input === undefined) return [`${place} is missing`];
  return [`${place} ${issue.message}`.trim()];
}

function unknownArgument(name: string, known: readonly string[]): string {
  const shown = JSON.stringify(name.slice(0, 50));
  if (known.length === 0) return `${shown} is no argument`;
  const nearest = closest(name.slice(0, 50), [...known]);
  const isNear =
    distance(name.slice(0, 50), nearest) <= Math.max(2, Math.floor(nearest.length / 3));
  return `${shown} is no argument${isNear ? `, did you mean "${nearest}"?` : ''}`;
}
