import { describe, expect, it } from 'vitest';
import {
  columns,
  count,
  foreign,
  harmless,
  harmlessJson,
  shorten,
  size,
} from '../../src/cli/terminal.js';

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

describe('output as a whole', () => {
  it('keeps lines, tabs and colors, and shows what could drive the terminal', () => {
    const colors = '\u001b[31m\u001b[1mred\u001b[22m\u001b[39m\tx\n';
    expect(harmless(colors)).toBe(colors);
    for (const [code, shown] of [
      ['\u001b[2J', '\\x1b[2J'],
      ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
      ['\u001b[8mhidden', '\\x1b[8mhidden'],
      ['\u009b2J', '\\x9b2J'],
      ['over\rwritten', 'over\\x0dwritten'],
      ['\u001bPdevice', '\\x1bPdevice'],
    ])
      expect(harmless(code)).toBe(shown);
  });

  it('is the same data as JSON', () => {
    const value = { name: 'a\u009b2J\u001b[2J\u007f' };
    const text = harmlessJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).toMatch(/^[ -~]+$/);
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
