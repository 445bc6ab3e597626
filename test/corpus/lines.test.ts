import { describe, expect, it } from 'vitest';
import { unwrapLines } from '../../src/corpus/lines.js';

describe('unwrapLines', () => {
  it('joins the lines of a paragraph that was wrapped at a width', () => {
    const text =
      'The caretaker opens the boat house at seven in the\nmorning and closes it when the last boat has come\nback to the jetty.\n\nOars are in the shed behind the house, next to the\nlife jackets.\n';
    expect(unwrapLines(text)).toBe(
      'The caretaker opens the boat house at seven in the morning and closes it when the last boat has come back to the jetty.\n\nOars are in the shed behind the house, next to the life jackets.\n',
    );
  });

  it('leaves lines that were not wrapped as they are', () => {
    for (const text of [
      'Roses are red,\nViolets are blue,\nSugar is sweet.\n',
      'Boat house\n12 Lake Road\nLakeville\n',
      '- one thing that is long enough to be a line\n- another thing that is long enough as well\n',
      'name                     price in euros\nlife jacket, children                12\n',
      `${'A line that no program has wrapped. '.repeat(5)}\nThe next one.\n`,
      'One line.',
    ])
      expect(unwrapLines(text)).toBe(text);
  });

  it('joins words that were divided, but keeps the hyphens that words have', () => {
    expect(
      unwrapLines(
        'Every Thursday the caretaker looks after the ven-\ntilation of the hall, and a well-known plumber of\nthe town looks after the pipes that are so well-\nknown to leak.',
      ),
    ).toBe(
      'Every Thursday the caretaker looks after the ventilation of the hall, and a well-known plumber of the town looks after the pipes that are so well-known to leak.',
    );
  });

  it('puts no space between lines of scripts without spaces', () => {
    expect(
      unwrapLines(
        '図書館は毎週木曜日の午前九時に開きます。子どもは無料\nで本を借りることができます。',
      ),
    ).toBe('図書館は毎週木曜日の午前九時に開きます。子どもは無料で本を借りることができます。');
  });
});
