/**
 * The `file:` encoder looks up the vectors of passages, questions and generated queries by id, in
 * files that another tool wrote. A text without a vector is an error.
 */

import { XqgError } from '../../base/errors.js';
import { sha256 } from '../../base/identity.js';
import {
  type Encoder,
  type EncoderIdentity,
  generatedQueryId,
  type PassageText,
  type QueryText,
} from '../encoder.js';
import { fileError } from './matrix-file.js';
import { type OnChecked, readManifest, VectorSet, type VectorsEntry } from './vector-set.js';

/**
 * Rows of a file with a language have the key `lang:id`, as parallel texts share ids; others have
 * their id. A text is looked up by both, with its language first.
 */
export class FileEncoder implements Encoder {
  readonly identity: EncoderIdentity;
  readonly cost = 'negligible';
  readonly #path: string;
  readonly #passages: VectorSet;
  readonly #questions: VectorSet;
  readonly #generated: VectorSet;

  private constructor(path: string, identity: EncoderIdentity, sets: readonly VectorSet[]) {
    this.#path = path;
    this.identity = identity;
    [this.#passages, this.#questions, this.#generated] = sets;
  }

  /**
   * Opens the files that a manifest names and checks all of them.
   *
   * @param path of the manifest (see docs/datasets.md)
   * @throws XqgError XQG_VECTOR_FILE where a file is missing, truncated, of another kind or
   * dimension, XQG_VECTOR_ROW where a number is not finite or an id comes twice, naming the row
   */
  static async open(path: string, onChecked: OnChecked = () => {}): Promise<FileEncoder> {
    const { name, passages, questions, generated } = await readManifest(path);
    const sets: VectorSet[] = [];
    try {
      sets.push(await VectorSet.open(path, passages, idInLanguage, onChecked));
      sets.push(await VectorSet.open(path, questions, idInLanguage, onChecked));
      sets.push(await VectorSet.open(path, generated, idOfGenerated, onChecked));
      const filled = sets.filter(({ dim }) => dim !== null);
      const dims = [...new Set(filled.map(({ dim }) => dim!))];
      if (dims.length !== 1) {
        const found =
          dims.length === 0 ? 'it names no files' : `rows have ${dims.join(' and ')} numbers`;
        throw fileError(
          path,
          `${found}; passages, questions and generated queries need vectors of one length`,
        );
      }
      const identity: EncoderIdentity = {
        name: `file/${name}`,
        dim: dims[0],
        weights: sha256(sets.map(({ digests }) => digests.join(' ')).join('\n')),
        unitLength: filled.every(({ unitLength }) => unitLength),
        settings: {},
      };
      return new FileEncoder(path, identity, sets);
    } catch (error) {
      for (const set of sets) await set.close();
      throw error;
    }
  }

  /** @throws XqgError XQG_VECTOR_UNKNOWN for a passage without id or without a vector */
  async encodePassages(passages: readonly PassageText[]): Promise<Float32Array> {
    return this.#read(
      passages.map(({ id, lang }) => {
        const row = id === undefined ? undefined : this.#passages.find(`${lang}:${id}`, id);
        if (row === undefined) throw this.#unknown('passage', id, lang);
        return { set: this.#passages, row };
      }),
    );
  }

  /**
   * @throws XqgError XQG_VECTOR_UNKNOWN for a question or generated query without id or without a
   * vector
   */
  async encodeQueries(queries: readonly QueryText[]): Promise<Float32Array> {
    return this.#read(
      queries.map(({ id, lang: stated, languages }) => {
        const lang = stated ?? (languages.length === 1 ? languages[0].lang : 'unknown language');
        if (id === undefined) throw this.#unknown('query', id, lang);
        for (const set of [this.#questions, this.#generated]) {
          const row = set.find(`${lang}:${id}`, id);
          if (row !== undefined) return { set, row };
        }
        throw this.#unknown('query', id, lang);
      }),
    );
  }

  /** True if there are vectors of generated queries, each by its own. */
  get hasGenerated(): boolean {
    return this.#generated.dim !== null;
  }

  hasPassage(id: string, lang: string): boolean {
    return this.#passages.find(`${lang}:${id}`, id) !== undefined;
  }

  hasQuestion(id: string, lang: string): boolean {
    return [this.#questions, this.#generated].some(
      (set) => set.find(`${lang}:${id}`, id) !== undefined,
    );
  }

  /** Of the manifest. */
  get path(): string {
    return this.#path;
  }

  /** Closes the files. */
  async close(): Promise<void> {
    for (const set of [this.#passages, this.#questions, this.#generated]) await set.close();
  }

  /** (places.length x dim), row-major. */
  async #read(
    places: readonly { readonly set: VectorSet; readonly row: number }[],
  ): Promise<Float32Array> {
    const out = new Float32Array(places.length * this.identity.dim);
    for (const set of new Set(places.map((place) => place.set))) {
      const ofSet = [...places.keys()].filter((i) => places[i].set === set);
      await set.read(
        ofSet.map((i) => places[i].row),
        ofSet,
        out,
      );
    }
    return out;
  }

  #unknown(kind: string, id: string | undefined, lang: string): XqgError {
    const what = id === undefined ? `${kind} without an id` : `${kind} "${id}" (${lang})`;
    return new XqgError('XQG_VECTOR_UNKNOWN', { what, file: this.#path });
  }
}

function idInLanguage(id: string, { lang }: VectorsEntry): string {
  return lang === undefined ? id : `${lang}:${id}`;
}

function idOfGenerated(id: string, { lang, index }: VectorsEntry): string {
  return lang === undefined || index === undefined ? id : generatedQueryId(id, lang, index);
}
