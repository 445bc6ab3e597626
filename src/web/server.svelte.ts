/**
 * The server as the page sees it: its indexes, whether it is there, and the key that it asks for.
 */
import { type IndexesResponse, XqgClient, XqgClientError } from '../client/index.js';

const KEY = 'xqg-key';
/**
 * How often a server that is gone, or an index that is not open, is asked again, in milliseconds.
 */
const AGAIN_MS = 2000;

class Server {
  listed = $state.raw<IndexesResponse | null>(null);
  failure = $state.raw<XqgClientError | null>(null);
  #key = $state(sessionStorage.getItem(KEY) ?? undefined);
  client = $derived(new XqgClient({ address: '', key: this.#key }));
  #again: ReturnType<typeof setTimeout> | undefined;

  get hasKey(): boolean {
    return this.#key !== undefined;
  }

  get needsKey(): boolean {
    return this.failure?.status === 401;
  }

  may(right: 'search' | 'add' | 'remove'): boolean {
    return this.listed?.rights.includes(right) ?? false;
  }

  async load(): Promise<void> {
    clearTimeout(this.#again);
    try {
      this.listed = await this.client.indexes();
      this.failure = null;
      const opening = this.listed.indexes.some(
        ({ condition }) => condition === 'opening' || condition === 'closed',
      );
      if (opening) this.#again = setTimeout(() => this.load(), AGAIN_MS / 4);
    } catch (thrown) {
      this.failed(thrown);
    }
  }

  /** Tells the whole page of a failure that is not of one question alone. */
  failed(thrown: unknown): void {
    if (!(thrown instanceof XqgClientError)) throw thrown;
    this.failure = thrown;
    if (thrown.status === 0) this.#again = setTimeout(() => this.load(), AGAIN_MS);
  }

  useKey(key: string): void {
    sessionStorage.setItem(KEY, key);
    this.#key = key;
    void this.load();
  }
}

export const server = new Server();
