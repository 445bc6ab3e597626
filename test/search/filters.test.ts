import { describe, expect, it } from 'vitest';
import { XqgError } from '../../src/base/errors.js';
import type { MetadataValue } from '../../src/corpus/passage.js';
import { parseFilters } from '../../src/search/filters.js';

const passage = (metadata: Record<string, MetadataValue>, lang = 'de') => ({
  id: 'doc#2',
  documentId: 'doc',
  source: '/data',
  path: '/data/doc.md',
  title: 'Kings = Queens',
  lang,
  metadata,
});
const some = passage({
  year: 2021,
  rating: '4.50',
  topics: ['art', 'war'],
  draft: false,
  date: '2021-06-30',
});

describe('filters', () => {
  it.each([
    ['year=2021', true],
    ['year=2021.0', true],
    ['year!=2021', false],
    ['year >= 2021', true],
    ['year>2021', false],
    ['year<2021.5', true],
    ['year<=2020', false],
    ['rating=4.5', true],
    ['rating>4', true],
    ['topics=art', true],
    ['topics=sports', false],
    ['topics!=art', false],
    ['draft=false', true],
    ['date>=2021-06', true],
    ['date<2021-06-30', false],
    ['date>2020', false],
    ['lang=de', true],
    ['lang!=de', false],
    ['id=doc#2', true],
    ['document=doc', true],
    ['title=Kings = Queens', true],
    ['missing=1', false],
    ['missing!=1', true],
    ['missing<1', false],
    ['year=', false],
    ['constructor!=x', true],
    ['constructor=x', false],
  ])('%s is %s', (filter, expected) => {
    expect(parseFilters([filter])(some)).toBe(expected);
  });

  it('must all hold; none lets everything through', () => {
    expect(parseFilters(['lang=de', 'year>2000'])(some)).toBe(true);
    expect(parseFilters(['lang=de', 'year>2030'])(some)).toBe(false);
    expect(parseFilters([])(some)).toBe(true);
  });

  it.each([
    ['year', 'none of != >= <= = < > is in it'],
    ['=2020', 'it names no key'],
    ['year>=new', '>= needs a number or a date (2020-12-31), not "new"'],
    ['', 'none of'],
  ])('"%s" is refused with the reason', (filter, reason) => {
    expect(() => parseFilters([filter])).toThrow(XqgError);
    expect(() => parseFilters([filter])).toThrow(reason);
  });
});
