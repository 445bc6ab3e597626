/**
 * Texts to token ids, with the special tokens around them: by xqg's own tokenizer where a model's
 * folder has its vocabulary, else by the native package, which reads every tokenizer.json.
 */
import { readFile } from 'node:fs/promises';
import { loadPackage } from '../../base/optional-package.js';
import { isVocabulary } from '../../models/files.js';
import { type TokenRow, UnigramTokenizer } from './unigram.js';

/** @param longest text in tokens, the special ones among them, which are kept where it is cut */
export type Tokenize = (texts: readonly string[], longest: number) => Promise<TokenRow[]>;

/** @throws XqgError XQG_PACKAGE_MISSING, XQG_MODEL_DAMAGED */
export async function openTokenizer(file: string): Promise<Tokenize> {
  if (isVocabulary(file)) {
    const tokenizer = UnigramTokenizer.open(file);
    return async (texts, longest) => texts.map((text) => tokenizer.encode(text, longest));
  }
  const { Tokenizer } = await loadPackage(
    'The tokenizer of a neural encoder',
    'tokenizers',
    () => import('tokenizers'),
  );
  const tokenizer = Tokenizer.fromString(await readFile(file, 'utf8'));
  // tokenizer.json may ask for padding to a fixed length.
  tokenizer.disablePadding();
  return async (texts, longest) => {
    tokenizer.setTruncation(longest);
    const encodings = await tokenizer.encodeBatch([...texts]);
    return encodings.map((encoding) => ({
      ids: encoding.getIds(),
      cut: encoding.getOverflowing().length > 0,
    }));
  };
}
