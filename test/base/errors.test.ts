import { describe, expect, it } from 'vitest';
import { describeFailure, XqgError } from '../../src/base/errors.js';

describe('an XqgError', () => {
  it('puts its details into message and remedy', () => {
    const error = new XqgError('XQG_CORPUS_OVERLAP', { inner: 'a/b', outer: 'a' });
    expect(error.message).toBe('a/b lies within a, so its documents would be read twice.');
    expect(error.remedy).toBe('Name only a.');
  });

  it('leaves braces of JSON in a text alone', () => {
    const error = new XqgError('XQG_CORPUS_SQUAD', { file: 'x.json', reason: 'no data' });
    expect(error.remedy).toContain('{"data": [{"title": "..."');
  });

  it('takes exactly the values that its texts name, as the type check confirms', () => {
    const errors = () => [
      new XqgError('XQG_KEY_MISSING'),
      // @ts-expect-error {outer} has no value.
      new XqgError('XQG_CORPUS_OVERLAP', { inner: 'a' }),
      // @ts-expect-error {path} stands in the message.
      new XqgError('XQG_CORPUS_NOT_FOUND'),
      // @ts-expect-error No text of this code names a file.
      new XqgError('XQG_KEY_MISSING', { file: 'x' }),
      // @ts-expect-error No text of this code names a line.
      new XqgError('XQG_CORPUS_EMPTY', { file: 'x', line: 1 }),
      // @ts-expect-error There is no such code.
      new XqgError('XQG_NO_SUCH_CODE', {}),
    ];
    expect(errors).toThrow(TypeError);
  });

  it('is restored from what programs see of it', () => {
    const { error } = describeFailure(new XqgError('XQG_CORPUS_EMPTY', { file: 'a.txt' }));
    const again = XqgError.restore('XQG_CORPUS_EMPTY', error.details);
    expect(describeFailure(again)).toEqual({ error });
  });
});
