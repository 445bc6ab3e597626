/**
 * The router: the open view and the parameters in its address. Links are real links, which can be
 * copied and opened in another tab.
 */
export type View = 'search' | 'explore' | 'experiments' | 'add' | 'reference';

export const VIEWS: readonly {
  readonly view: View;
  readonly path: string;
  readonly name: string;
}[] = [
  { view: 'search', path: '/', name: 'Search' },
  { view: 'explore', path: '/explore', name: 'Explore' },
  { view: 'experiments', path: '/experiments', name: 'Experiments' },
  { view: 'add', path: '/add', name: 'Add documents' },
  { view: 'reference', path: '/reference', name: 'Reference' },
];

class Route {
  view = $state<View>('search');
  /** Query parameters of the address: index, q, id, name. */
  parameters = $state<Readonly<Record<string, string>>>({});

  constructor() {
    this.#read();
    addEventListener('popstate', () => this.#read());
  }

  /** The address of a view; empty parameters are omitted. */
  link(view: View, parameters: Readonly<Record<string, string>> = {}): string {
    const { path } = VIEWS.find((known) => known.view === view)!;
    const present = Object.entries(parameters).filter(([, value]) => value !== '');
    const query = new URLSearchParams(present).toString();
    return query === '' ? path : `${path}?${query}`;
  }

  go(address: string): void {
    history.pushState(null, '', address);
    this.#read();
    scrollTo(0, 0);
  }

  /** Updates the address of the current view without adding an entry to the history. */
  replace(parameters: Readonly<Record<string, string>>): void {
    history.replaceState(null, '', this.link(this.view, parameters));
    this.parameters = parameters;
  }

  /** Click handler of links within the page, which change the view without reloading the page. */
  follow = (event: MouseEvent & { currentTarget: HTMLAnchorElement }): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.go(event.currentTarget.getAttribute('href')!);
  };

  #read(): void {
    this.view = VIEWS.find(({ path }) => path === location.pathname)?.view ?? 'search';
    this.parameters = Object.fromEntries(new URLSearchParams(location.search));
  }
}

export const route = new Route();
