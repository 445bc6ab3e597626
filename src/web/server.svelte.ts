/** The state of the server: its indexes, whether it can be reached, and the key for requests. */
import { type IndexesResponse, XqgClient, XqgClientError } from '../client/index.js';

const KEY = 'xqg-key';
/** Time until a server that cannot be reached is tried again. */
const RETRY_MS = 2000;
/** Time until an index that is being opened is checked again. */
const OPENING_POLL_MS = 500;

class Server {
  listed = $state.raw<IndexesResponse | null>(null);
  failure = $state.raw<XqgClientError | null>(null);
  #key = $state(sessionStorage.getItem(KEY) ?? undefined);
  client = $derived(new XqgClient({ address: '', key: this.#key }));
  #retry: ReturnType<typeof setTimeout> | undefined;

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
    clearTimeout(this.#retry);
    try {
      this.listed = await this.client.indexes();
      this.failure = null;
      const opening = this.listed.indexes.some(
        ({ condition }) => condition === 'opening' || condition === 'closed',
      );
      if (opening) this.#retry = setTimeout(() => this.load(), OPENING_POLL_MS);
    } catch (error) {
      this.failed(error);
    }
  }

  /** Reports a failure that concerns the whole page, not just one search. */
  failed(error: unknown): void {
    if (!(error instanceof XqgClientError)) throw error;
    this.failure = error;
    if (error.status === 0) this.#retry = setTimeout(() => this.load(), RETRY_MS);
  }

  useKey(key: string): void {
    sessionStorage.setItem(KEY, key);
    this.#key = key;
    void this.load();
  }
}

export const server = new Server();
