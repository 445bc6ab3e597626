/**
 * The results as a table for docs/performance.md and as bars: how many times as long another program
 * takes, on a logarithmic axis.
 */
const ROW = 22;
const [LEFT, WIDTH, RIGHT] = [330, 860, 90];

export interface Bytes {
  readonly memory: number;
  readonly disk: number;
}

interface SideResult {
  readonly name: string;
  /** Of one of what a turn does. */
  readonly ms: number;
  /** Of a passage. */
  readonly bytes?: Bytes;
}

interface PeerResult extends SideResult {
  /** Times ours. */
  readonly ratio: number;
  /** Share of what ours found that it found too. */
  readonly agreement?: number;
}

export interface ContestResult {
  readonly name: string;
  readonly ours: SideResult;
  readonly peers: readonly PeerResult[];
  readonly limit?: { readonly name: string; readonly share: number };
}

const time = (ms: number): string =>
  ms >= 1 ? `${ms.toPrecision(3)} ms` : `${(ms * 1000).toPrecision(3)} µs`;
const times = (ratio: number): string => (ratio >= 9.95 ? ratio.toFixed(0) : ratio.toFixed(2));

export function table(results: readonly ContestResult[]): string {
  const lines = [
    '| what | side | least time for one | times ours | same result |',
    '|---|---|---|---|---|',
  ];
  for (const { name, ours, peers, limit } of results) {
    const share = limit ? `; ${(limit.share * 100).toFixed(0)} % of the limit (${limit.name})` : '';
    lines.push(`| ${name} | ${ours.name} | ${time(ours.ms)}${bytes(ours)}${share} | 1 | |`);
    for (const peer of peers) {
      const same = peer.agreement === undefined ? '' : `${(peer.agreement * 100).toFixed(0)} %`;
      lines.push(
        `| | ${peer.name} | ${time(peer.ms)}${bytes(peer)} | ${times(peer.ratio)} | ${same} |`,
      );
    }
  }
  return lines.join('\n');
}

function bytes({ bytes }: SideResult): string {
  return bytes
    ? `, ${(bytes.memory / 1024).toFixed(1)} KiB in memory, ${(bytes.disk / 1024).toFixed(1)} KiB on disk a passage`
    : '';
}

interface Bar {
  readonly title?: string;
  readonly name: string;
  readonly ratio: number;
}

export function picture({
  results,
  threads,
}: {
  readonly results: readonly ContestResult[];
  readonly threads: number;
}): string {
  const bars = results.flatMap(({ name, peers }): Bar[] => [
    { title: name, name, ratio: 1 },
    ...peers,
  ]);
  const ratios = results.flatMap(({ peers }) => peers.map(({ ratio }) => ratio));
  const [low, high] = [Math.min(0.5, ...ratios), Math.max(2, ...ratios)].map(Math.log10);
  const x = (ratio: number): number =>
    LEFT + ((Math.log10(ratio) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  const height = (bars.length + 2) * ROW;
  const text = (at: number, y: number, words: string, more = ''): string =>
    `<text x="${at}" y="${y}" ${more}>${words.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</text>`;
  const drawn = bars.flatMap(({ title, name, ratio }, i) => {
    const y = (i + 1) * ROW;
    if (title) return [text(8, y + 15, title, 'font-weight="600"')];
    const [from, to] = [Math.min(x(1), x(ratio)), Math.max(x(1), x(ratio))];
    const color = ratio >= 1 ? '#0f615c' : '#98491c';
    return [
      text(LEFT - 8, y + 15, name, 'text-anchor="end"'),
      `<rect x="${from.toFixed(1)}" y="${y + 4}" width="${(to - from).toFixed(1)}" height="${ROW - 8}" fill="${color}"/>`,
      text(to + 6, y + 15, `${times(ratio)} x`),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="How many times as long other programs take">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(
      8,
      15,
      `How many times as long as xqg; ${threads === 1 ? 'one thread' : `${threads} threads`}, least of interleaved turns, logarithmic`,
    ),
    ...drawn,
    `<line x1="${x(1).toFixed(1)}" x2="${x(1).toFixed(1)}" y1="${ROW}" y2="${height - ROW}" stroke="#5f5b54"/>`,
    '</svg>',
    '',
  ].join('\n');
}
