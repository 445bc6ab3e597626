/** What follows from the declarations of the search options: flags, requests and the library. */
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addSearchOptions, parseSearchOptions } from '../../src/cli/options.js';
import { checkNumbers, declarationsIn, shapeIn } from '../../src/search/options.js';

function flags(place: 'cli search' | 'cli explain', ...args: string[]) {
  const command = addSearchOptions(new Command().exitOverride(), place).parse(args, {
    from: 'user',
  });
  return parseSearchOptions(place, {}, command.opts()).search;
}

describe('flags', () => {
  it('give only what was given, as values of their types', () => {
    expect(flags('cli search')).toEqual({});
    expect(
      flags(
        'cli search',
        ...[
          '--alpha',
          '0.3',
          '-k',
          '7',
          '--translate',
          '--group-by',
          'document',
          '--mode',
          'dense',
        ],
        ...['--filter', 'year>=2020', '--filter', 'lang=de', '--augment', 'both', '--lang', 'th'],
      ),
    ).toEqual({
      alpha: 0.3,
      k: 7,
      translate: true,
      groupBy: 'document',
      mode: 'dense',
      filters: ['year>=2020', 'lang=de'],
      augment: 'both',
      lang: 'th',
    });
  });

  it('may have a negation, and refuse both together', () => {
    expect(flags('cli search', '--ann')).toEqual({ ann: true });
    expect(flags('cli search', '--exact')).toEqual({ ann: false });
    expect(() => flags('cli search', '--ann', '--exact')).toThrow('Give either --ann or --exact.');
  });

  it('name every value that cannot be used by its flag', () => {
    expect(() =>
      flags('cli search', '--alpha', '2', '-k', 'x', '--filter', 'a'.repeat(501)),
    ).toThrow(/--alpha "2" is more than 1.*--filter .*--k "x" is not a number/);
    expect(() => flags('cli explain', '--augment', 'both')).toThrow('is not one of on, off');
  });

  it('have the declared help, with the default', () => {
    const help = addSearchOptions(new Command().name('x'), 'cli search').helpInformation();
    for (const { about } of declarationsIn('cli search'))
      expect(help.replace(/\s+/g, ' ')).toContain(about);
    expect(help).toContain('(default: "hybrid")');
  });
});

describe('requests', () => {
  it('get the declared defaults, limits and descriptions', () => {
    const body = z.strictObject(shapeIn('http search'));
    expect(body.parse({})).toEqual({
      mode: 'hybrid',
      augment: 'on',
      filters: [],
      k: 10,
    });
    expect(body.safeParse({ k: 101 }).error!.issues[0].message).toBe('is more than 100');
    expect(body.safeParse({ ann: true }).success).toBe(false);
    expect(z.toJSONSchema(body, { io: 'input' }).properties!.alpha).toMatchObject({
      maximum: 1,
      description: expect.stringMatching(/^Weight .*\.$/),
    });
  });

  it('take a weighting over languages, and assistants one language', () => {
    const lang = [{ lang: 'de', weight: 1 }];
    expect(shapeIn('http explain').lang.safeParse(lang).success).toBe(true);
    expect(shapeIn('mcp search').lang.safeParse(lang).success).toBe(false);
    expect(shapeIn('mcp search').lang.safeParse('de').success).toBe(true);
  });
});

describe('the library', () => {
  it('checks the numbers by their declarations', () => {
    expect(() => checkNumbers({ alpha: 0, k: 1, feedback: 0.5 })).not.toThrow();
    for (const [options, message] of [
      [{ k: 0 }, 'k is 0, but must be a whole number of 1 or more.'],
      [{ k: 1.5 }, 'k is 1.5, but must be a whole number of 1 or more.'],
      [{ alpha: Number.NaN }, 'alpha is NaN, but must be 0 to 1.'],
      [{ feedback: -1 }, 'feedback is -1, but must be 0 to 100.'],
    ] as const)
      expect(() => checkNumbers(options)).toThrow(message);
  });
});
