import { describe, expect, it } from 'vitest';
import { columns, count, foreign, shorten, size } from '../../src/cli/terminal.js';

describe('foreign text in a terminal', () => {
  it('stands in an isolate', () => {
    expect(foreign('مرحبا')).toBe('\u2068مرحبا\u2069');
  });

  it('cannot break out of its isolate, drive the terminal or start a new line', () => {
    const hostile = 'a\u2069b\u202ec\u001b[2Jd\r\ne';
    expect(foreign(hostile)).toBe('\u2068abc [2Jd e\u2069');
  });

  it('keeps the style of the caller inside the isolate', () => {
    expect(foreign('x', (text) => `<${text}>`)).toBe('\u2068<x>\u2069');
  });

  it('is nothing where the text is nothing', () => {
    expect(foreign(' \n ')).toBe('');
  });
});

describe('shorten', () => {
  it('never cuts a character in two', () => {
    expect(shorten('กำลังใจ', 2)).toBe('กำลั…');
    expect(shorten('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 1)).toBe('👩‍👩‍👧‍👦…');
  });

  it('leaves short text alone', () => {
    expect(shorten('abc', 3)).toBe('abc');
  });
});

describe('figures', () => {
  it('have thousands separators and decimal units', () => {
    expect(count(1234567)).toBe('1,234,567');
    expect(count(1, 'passage')).toBe('1 passage');
    expect(count(1200, 'passage')).toBe('1,200 passages');
    expect(size(999)).toBe('999 B');
    expect(size(1_234_567)).toBe('1.2 MB');
  });

  it('stand in columns, numbers to the right', () => {
    expect(
      columns([
        ['a', 1],
        ['long', 12],
      ]),
    ).toBe('a      1\nlong  12');
  });
});
