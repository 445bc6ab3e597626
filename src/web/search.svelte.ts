/**
 * The current search: the question, the options of its ranking, and the server's response. A newer
 * search aborts the one that is running, so that an old response never replaces a newer one.
 */
import {
  type ExplainResponse,
  type SearchRequest,
  type SearchResponse,
  XqgClientError,
} from '../client/index.js';
import { route } from './route.svelte.js';
import { server } from './server.svelte.js';

type Policy = 'asker' | 'all' | 'chosen';

/** After this time the page says that a search is still running. */
const SLOW_MS = 1500;

class Search {
  index = $state('');
  question = $state('');
  /** Language code; '' to detect the language. */
  lang = $state('');
  mode = $state<'hybrid' | 'dense' | 'lexical'>('hybrid');
  /** Null for the alpha of the profile. */
  alpha = $state<number | null>(null);
  policy = $state<Policy>('asker');
  chosen = $state<string[]>([]);
  filters = $state<string[]>([]);
  baseline = $state(true);
  /** Whether the server's model expands the question. */
  expand = $state(false);

  response = $state.raw<SearchResponse | null>(null);
  failure = $state.raw<XqgClientError | null>(null);
  busy = $state(false);
  slow = $state(false);
  #running: AbortController | null = null;

  /** The options that search and explain requests share. */
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

  async run(): Promise<void> {
    this.#running?.abort();
    if (this.question.trim() === '' || this.index === '') {
      this.response = null;
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
    const { queryLanguages = [] } =
      server.listed?.indexes.find(({ name }) => name === this.index) ?? {};
    try {
      // An index without generated queries has only one ranking.
      const augment = queryLanguages.length === 0 ? 'off' : this.baseline ? 'both' : 'on';
      const request = { ...this.request, augment, k: 10 } as const;
      const response = await server.client.search(this.index, request, running.signal);
      if (running.signal.aborted) return;
      this.response = response;
      this.failure = null;
      if (route.view === 'search')
        route.replace({ index: this.index, q: this.question, lang: this.lang });
    } catch (error) {
      if (running.signal.aborted) return;
      if (!(error instanceof XqgClientError)) throw error;
      this.failure = error;
      if (error.status === 0 || error.status === 401) server.failed(error);
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

export const search = new Search();
