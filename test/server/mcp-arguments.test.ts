/** Arguments of MCP tools as models write them. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  toolArguments,
  withoutNullArguments,
  withoutNulls,
} from '../../src/server/mcp-arguments.js';

const schema = z.strictObject({
  question: z.string(),
  k: z.number().int().default(10),
  filters: z.array(z.string()).default([]),
  expand: z.boolean().optional(),
  weights: z.record(z.string(), z.number()).optional(),
});

const read = (given: unknown) => toolArguments('find', schema, given);

describe('arguments', () => {
  it('that are null are not given, at any depth', () => {
    expect(read({ question: 'a', k: null, filters: null, expand: null, weights: null })).toEqual({
      question: 'a',
      k: 10,
      filters: [],
    });
    expect(
      read({ question: 'a', filters: [null, 'lang=de'], weights: { de: 1, fr: null } }),
    ).toEqual({
      question: 'a',
      k: 10,
      filters: ['lang=de'],
      weights: { de: 1 },
    });
    expect(withoutNulls({ a: [{ b: null, c: 0 }] })).toEqual({ a: [{ c: 0 }] });
    const message = { method: 'tools/call', params: { name: 'find', arguments: null } };
    expect(withoutNullArguments([message])).toEqual([
      { method: 'tools/call', params: { name: 'find' } },
    ]);
  });

  it('that are text may stand for a number, a switch or a list', () => {
    const given = { question: 'a', k: '5', filters: 'lang=de', expand: 'true' };
    expect(read(given)).toEqual({ question: 'a', k: 5, filters: ['lang=de'], expand: true });
    expect(read({ question: '5', filters: '["a=1", "b=2"]' })).toMatchObject({
      question: '5',
      filters: ['a=1', 'b=2'],
    });
  });

  it.each<[string, unknown, RegExp]>([
    [
      'unknown',
      { question: 'a', filter: [], __proto: 1 },
      /"filter" is no argument, did you mean "filters"\?; "__proto" is no argument/,
    ],
    ['missing', { k: 3 }, /question is missing/],
    ['null where they are needed', { question: null }, /question is missing/],
    ['of another kind', { question: 'a', k: 'many' }, /k .*number/],
    ['absent as a whole', undefined, /question is missing/],
  ])('that are %s are named', (_, given, message) => {
    expect(() => read(given)).toThrow(message);
    expect(() => read(given)).toThrow(expect.objectContaining({ code: 'XQG_TOOL_ARGUMENTS' }));
  });
});
