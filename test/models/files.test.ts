import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/identity.js';
import { hashFiles, tokenizerFile, verifyFiles } from '../../src/models/files.js';

const folder = mkdtempSync(join(tmpdir(), 'xqg-model-'));
const graph = join(folder, 'model.onnx');
const weights = join(folder, 'model.onnx_data');

beforeEach(() => {
  writeFileSync(graph, 'graph');
  writeFileSync(weights, 'weights');
  const facts = (text: string) => ({ bytes: text.length, sha256: sha256(text) });
  const files = { 'model.onnx': facts('graph'), 'model.onnx_data': facts('weights') };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ files }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a model with a manifest', () => {
  it('is hashed by what the manifest states', async () => {
    const stated = `model.onnx ${sha256('graph')}\nmodel.onnx_data ${sha256('weights')}`;
    expect(await hashFiles(folder, [graph])).toBe(sha256(stated));
  });

  it('is refused where a file has another size, which a broken copy has', async () => {
    writeFileSync(weights, 'weig');
    await expect(hashFiles(folder, [graph])).rejects.toMatchObject({
      code: 'XQG_MODEL_DAMAGED',
      message: expect.stringContaining('4 bytes'),
    });
  });

  it('is verified byte by byte on demand', async () => {
    await verifyFiles(folder);
    writeFileSync(weights, 'weighty');
    await hashFiles(folder, [graph]);
    await expect(verifyFiles(folder)).rejects.toMatchObject({ code: 'XQG_MODEL_DAMAGED' });
    rmSync(weights);
    await expect(verifyFiles(folder)).rejects.toMatchObject({ code: 'XQG_MODEL_INCOMPLETE' });
  });
});

it('needs a tokenizer of one kind or the other', () => {
  expect(() => tokenizerFile(folder)).toThrow(
    expect.objectContaining({ code: 'XQG_MODEL_INCOMPLETE' }),
  );
});
