/**
 * The question that is asked, everything that shapes its ranking, and the answer. A change asks
 * again; the answer to an older question never replaces that of a newer one.
 */
import {
  type ExplainResponse,
  type SearchRequest,
  type SearchResponse,
  XqgClientError,
} from '../client/index.js';
import { route } from './route.svelte.js';
import { server } from './server.svelte.js';

export type Policy = 'asker' | 'all' | 'chosen';

/** After so long an answer is said to be slow, in milliseconds. */
const SLOW_MS = 1500;

class Asking {
  index = $state('');
  question = $state('');
  /** '' for detected. */
  lang = $state('');
  mode = $state<'hybrid' | 'dense' | 'lexical'>('hybrid');
  /** null: that of the profile. */
  alpha = $state<number | null>(null);
  policy = $state<Policy>('asker');
  chosen = $state<string[]>([]);
  filters = $state<string[]>([]);
  baseline = $state(true);
  /** Also with what the server's model writes from the question. */
  expand = $state(false);

  answer = $state.raw<SearchResponse | null>(null);
  failure = $state.raw<XqgClientError | null>(null);
  busy = $state(false);
  slow = $state(false);
  /** From asking to the answer on the page's side, in milliseconds. */
  took = $state<number | null>(null);

  #running: AbortController | null = null;

  /** The part of a request that search and explain share. */
  get request(): Omit<SearchRequest, 'augment' | 'k'> {
    const languagePolicy =
      this.policy === 'chosen'
        ? Object.fromEntries(this.chosen.map((code) => [code, 1]))
        : this.policy;
    return {
      question: this.question,
      mode: this.mode,
      filters: this.filters,
      languagePolicy,
      ...(this.lang === '' ? {} : { lang: this.lang }),
      ...(this.alpha === null ? {} : { alpha: this.alpha }),
      ...(this.expand && server.listed?.expander ? { expand: true } : {}),
    };
  }

  async ask(): Promise<void> {
    this.#running?.abort();
    if (this.question.trim() === '' || this.index === '') {
      this.answer = null;
      this.failure = null;
      this.busy = false;
      return;
    }
    const running = new AbortController();
    this.#running = running;
    this.busy = true;
    const slow = setTimeout(() => {
      this.slow = true;
    }, SLOW_MS);
    const started = performance.now();
    const { queryLanguages = [] } =
      server.listed?.indexes.find(({ name }) => name === this.index) ?? {};
    try {
      // An index without generated queries has one ranking only.
      const augment = queryLanguages.length === 0 ? 'off' : this.baseline ? 'both' : 'on';
      const request = { ...this.request, augment, k: 10 } as const;
      const answer = await server.client.search(this.index, request, running.signal);
      if (running.signal.aborted) return;
      this.answer = answer;
      this.failure = null;
      this.took = performance.now() - started;
      if (route.view === 'search')
        route.note({ index: this.index, q: this.question, lang: this.lang });
    } catch (thrown) {
      if (running.signal.aborted) return;
      if (!(thrown instanceof XqgClientError)) throw thrown;
      this.failure = thrown;
      if (thrown.status === 0 || thrown.status === 401) server.failed(thrown);
    } finally {
      clearTimeout(slow);
      if (this.#running === running) {
        this.busy = false;
        this.slow = false;
      }
    }
  }

  explain(id: string, augment: 'on' | 'off', signal: AbortSignal): Promise<ExplainResponse> {
    return server.client.explain(this.index, { ...this.request, id, augment }, signal);
  }
}

export const asking = new Asking();
