import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/store/opensearch/address.js';
import { indexBody } from '../../src/store/opensearch/mapping.js';
import { columnRequest, decodeHit, documentOf } from '../../src/store/opensearch/rows.js';
import { passage, shape } from './conformance.js';

const life = { seq: 7, born: 1 };
const noTerms = () => ({ terms: [], weights: new Float32Array(0) });
const { sentences: _, ...silent } = shape;

describe('the sentences of a row of OpenSearch', () => {
  it('are bytes beside the document, with their number', () => {
    const row = passage('a', 1);
    const document = documentOf(row, life, shape, noTerms) as Record<string, unknown>;
    expect(document).not.toHaveProperty('sentences');
    expect(document.sentence_count).toBe(3);
    const fields = { bytes_sentences: [document.bytes_sentences] };
    expect(decodeHit({ fields }, ['sentences'], shape)).toEqual({ sentences: row.sentences });
    expect(columnRequest(['sentences'], shape)).toEqual({
      _source: false,
      stored_fields: '_none_',
      docvalue_fields: ['seq', 'bytes_sentences'],
    });
  });

  it('are neither mapped nor asked for where the store has none', () => {
    const row = passage('a', 0, { sentences: null });
    const document = documentOf(row, life, silent, noTerms);
    expect(document).not.toHaveProperty('sentences');
    expect(document).not.toHaveProperty('bytes_sentences');
    expect(columnRequest(['sentences'], silent).docvalue_fields).toEqual(['seq']);
    expect(decodeHit({}, ['sentences'], silent)).toEqual({ sentences: null });
    const { settings } = parseAddress('opensearch://localhost:9200/x');
    const fieldsOf = (of: typeof silent): string[] => {
      const { mappings } = indexBody(of, settings) as { mappings: { properties: object } };
      return Object.keys(mappings.properties);
    };
    const added = fieldsOf(shape).filter((name) => !fieldsOf(silent).includes(name));
    expect(added).toEqual(['bytes_sentences', 'sentence_count']);
  });
});
