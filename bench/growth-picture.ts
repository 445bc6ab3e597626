/**
 * The figures of growth.bench.ts as an SVG: times, memory and disk against the number of passages,
 * on logarithmic scales.
 */

const PANEL = { width: 360, height: 260, left: 52, top: 34, right: 12, bottom: 40 };
const COLORS = ['#3566b0', '#c4572c', '#3c8a4d', '#8a4fa3', '#a07d1c', '#4a4a4a'];
const MIB = 2 ** 20;

interface SearchFigures {
  readonly medianMs: number;
  readonly firstOfALanguageMs: number;
  readonly peakMiB: number;
}

/** What the stages of a size report. */
export interface GrowthStages {
  readonly index: {
    readonly rowSeconds: number;
    readonly joiningSeconds: number;
    readonly segmentSeconds: number;
    readonly peakMiB: number;
    readonly bytes: { readonly store: number; readonly lexical: number };
  };
  readonly again: { readonly seconds: number; readonly peakMiB: number };
  readonly add: { readonly seconds: number };
  readonly open: {
    readonly openSeconds: number;
    readonly firstAnswerSeconds: number;
    readonly peakMiB: number;
  };
  readonly dense: SearchFigures;
  readonly lexical: SearchFigures;
  readonly hybrid: SearchFigures;
}

export interface GrowthSize {
  readonly passages: number;
  readonly stages: GrowthStages;
}

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGB: number;
  readonly node: string;
}

interface Panel {
  readonly title: string;
  readonly lines: Readonly<Record<string, (stages: GrowthStages) => number>>;
}

const PANELS: readonly Panel[] = [
  {
    title: 'Time of indexing (s)',
    lines: {
      rows: ({ index }) => index.rowSeconds,
      joining: ({ index }) => index.joiningSeconds,
      'lexical segments': ({ index }) => index.segmentSeconds,
      'again, nothing changed': ({ again }) => again.seconds,
      '100 documents more': ({ add }) => add.seconds,
    },
  },
  {
    title: 'Time of searching (ms)',
    lines: {
      'open and first answer': ({ open }) => 1000 * (open.openSeconds + open.firstAnswerSeconds),
      'first of a language': ({ hybrid }) => hybrid.firstOfALanguageMs,
      hybrid: ({ hybrid }) => hybrid.medianMs,
      dense: ({ dense }) => dense.medianMs,
      lexical: ({ lexical }) => lexical.medianMs,
    },
  },
  {
    title: 'Memory, largest (MiB)',
    lines: {
      indexing: ({ index }) => index.peakMiB,
      'again, nothing changed': ({ again }) => again.peakMiB,
      'one question': ({ open }) => open.peakMiB,
      'questions in 5 languages': ({ hybrid }) => hybrid.peakMiB,
    },
  },
  {
    title: 'Disk (MiB)',
    lines: {
      'rows with sums': ({ index }) => index.bytes.store / MIB,
      lexical: ({ index }) => index.bytes.lexical / MIB,
    },
  },
];

export function growthPicture({
  machine,
  sizes,
}: {
  readonly machine: Machine;
  readonly sizes: readonly GrowthSize[];
}): string {
  const [width, height] = [2 * PANEL.width, 2 * PANEL.height + 26];
  const panels = PANELS.map((panel, i) =>
    panelOf(panel, sizes, (i % 2) * PANEL.width, Math.floor(i / 2) * PANEL.height),
  );
  const foot = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, Node ${machine.node}; npm run bench bench/growth.bench.ts`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="10">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...panels,
    `<text x="${width / 2}" y="${height - 10}" text-anchor="middle" fill="#555">${escaped(foot)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function panelOf(
  { title, lines }: Panel,
  sizes: readonly GrowthSize[],
  left: number,
  top: number,
): string {
  const series = Object.entries(lines).map(([name, figureOf], i) => ({
    name,
    color: COLORS[i],
    points: sizes.map(({ passages, stages }): [number, number] => [
      passages,
      Math.max(figureOf(stages), 1e-3),
    ]),
  }));
  const xs = decades(sizes.map(({ passages }) => passages));
  const ys = decades(series.flatMap(({ points }) => points.map(([, y]) => y)));
  const inner = {
    width: PANEL.width - PANEL.left - PANEL.right,
    height: PANEL.height - PANEL.top - PANEL.bottom,
  };
  const x = (value: number): number => PANEL.left + share(value, xs) * inner.width;
  const y = (value: number): number => PANEL.top + (1 - share(value, ys)) * inner.height;
  return [
    `<g transform="translate(${left} ${top})">`,
    `<text x="${PANEL.left}" y="16" font-size="12" font-weight="bold">${escaped(title)}</text>`,
    ...ys.map((at) => {
      const line = `<line x1="${PANEL.left}" x2="${PANEL.width - PANEL.right}" y1="${r(y(at))}" y2="${r(y(at))}" stroke="#ddd"/>`;
      return `${line}<text x="${PANEL.left - 4}" y="${r(y(at) + 3)}" text-anchor="end">${short(at)}</text>`;
    }),
    ...xs.map(
      (at) =>
        `<text x="${r(x(at))}" y="${PANEL.height - PANEL.bottom + 14}" text-anchor="middle">${short(at)}</text>`,
    ),
    `<text x="${PANEL.left + inner.width / 2}" y="${PANEL.height - PANEL.bottom + 28}" text-anchor="middle" fill="#555">passages</text>`,
    ...series.flatMap(({ name, color, points }, i) => [
      `<polyline fill="none" stroke="${color}" stroke-width="1.5" points="${points.map(([px, py]) => `${r(x(px))},${r(y(py))}`).join(' ')}"/>`,
      ...points.map(
        ([px, py]) =>
          `<circle cx="${r(x(px))}" cy="${r(y(py))}" r="2.5" fill="${color}"><title>${short(px)}: ${Number(py.toPrecision(3))}</title></circle>`,
      ),
      `<text x="${PANEL.left + 8}" y="${PANEL.top + 10 + 12 * i}" fill="${color}">${escaped(name)}</text>`,
    ]),
    '</g>',
  ].join('\n');
}

/** Powers of ten around the values. */
function decades(values: readonly number[]): number[] {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}

function share(value: number, scale: readonly number[]): number {
  return Math.log10(value / scale[0]) / Math.log10(scale.at(-1)! / scale[0]);
}

function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1000 ? `${value / 1000}k` : String(Number(value.toPrecision(3)));
}

const r = (value: number): number => Math.round(value * 10) / 10;
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
