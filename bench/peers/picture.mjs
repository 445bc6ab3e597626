// The results as a table for docs/performance.md and as bars: how many times as long a rival takes, on a logarithmic axis.
const ROW = 22;
const [LEFT, WIDTH, RIGHT] = [330, 860, 90];

const time = (ms) => (ms >= 1 ? `${ms.toPrecision(3)} ms` : `${(ms * 1000).toPrecision(3)} µs`);
const times = (ratio) => (ratio >= 9.95 ? ratio.toFixed(0) : ratio.toFixed(2));

export function table(results) {
  const lines = [
    '| what | side | least time for one | times ours | same result |',
    '|---|---|---|---|---|',
  ];
  for (const { name, ours, rivals, limit } of results) {
    const share = limit ? `; ${(limit.share * 100).toFixed(0)} % of the limit (${limit.name})` : '';
    lines.push(`| ${name} | ${ours.name} | ${time(ours.ms)}${bytes(ours)}${share} | 1 | |`);
    for (const rival of rivals) {
      const same = rival.agreement === undefined ? '' : `${(rival.agreement * 100).toFixed(0)} %`;
      lines.push(
        `| | ${rival.name} | ${time(rival.ms)}${bytes(rival)} | ${times(rival.ratio)} | ${same} |`,
      );
    }
  }
  return lines.join('\n');
}

function bytes({ bytes }) {
  return bytes
    ? `, ${(bytes.memory / 1024).toFixed(1)} KiB in memory, ${(bytes.disk / 1024).toFixed(1)} KiB on disk a passage`
    : '';
}

export function picture({ results, threads }) {
  const bars = results.flatMap(({ name, rivals }) => [{ title: name }, ...rivals]);
  const ratios = results.flatMap(({ rivals }) => rivals.map(({ ratio }) => ratio));
  const [low, high] = [Math.min(0.5, ...ratios), Math.max(2, ...ratios)].map(Math.log10);
  const x = (ratio) => LEFT + ((Math.log10(ratio) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  const height = (bars.length + 2) * ROW;
  const text = (at, y, words, more = '') =>
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
