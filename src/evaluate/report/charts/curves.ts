/**
 * Small multiples, one panel per language with common scales. Each shows the difference of a curve
 * to its baseline (the dashed line), because the levels of languages differ widely.
 */
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { element, picture, words } from './svg.js';

export interface CurvePanel {
  readonly name: string;
  /** Ascending in x. */
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    /** Whether the point is drawn filled; absent if it was not tested. */
    readonly significant?: boolean;
  }[];
  /** Value of the dashed line; `y` is the difference to it. */
  readonly baseline: number;
}

export interface CurvesOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly panels: readonly CurvePanel[];
  /** The x that tuning chose, drawn as a dotted line. */
  readonly chosen?: number;
}

const WIDTH = 158;
const HEIGHT = 108;
const GAP = { x: 14, y: 46 };
const MARGIN = { left: 46, top: 26, right: 8, bottom: 38 };
const COLUMNS = 5;

export function curves({ title, xLabel, yLabel, panels, chosen }: CurvesOptions): string {
  const xs = panels.flatMap(({ points }) => points.map(({ x }) => x));
  const ys = panels.flatMap(({ points }) => [0, ...points.map(({ y }) => y)]);
  const x = scaleLinear([smallest(xs), largest(xs)], [0, WIDTH]);
  const y = scaleLinear([smallest(ys), largest(ys)], [HEIGHT, 0]).nice(4);
  const columns = Math.min(COLUMNS, panels.length);
  const rows = Math.ceil(panels.length / columns);
  const width = MARGIN.left + columns * (WIDTH + GAP.x) - GAP.x + MARGIN.right;
  const height = MARGIN.top + rows * (HEIGHT + GAP.y) - GAP.y + MARGIN.bottom;
  const drawn = panels.map((panel, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const left = MARGIN.left + column * (WIDTH + GAP.x);
    const top = MARGIN.top + row * (HEIGHT + GAP.y);
    const lastRow = i + columns >= panels.length;
    const horizontal = y
      .ticks(4)
      .map(
        (tick) =>
          element('line', { x1: 0, x2: WIDTH, y1: y(tick), y2: y(tick), class: 'grid' }) +
          (column === 0
            ? element(
                'text',
                { x: -6, y: y(tick) + 4, 'text-anchor': 'end', class: 'muted' },
                words(signed(tick)),
              )
            : ''),
      );
    const vertical = lastRow
      ? x
          .ticks(4)
          .map((tick) =>
            element(
              'text',
              { x: x(tick), y: HEIGHT + 14, 'text-anchor': anchorAt(x(tick)), class: 'muted' },
              words(String(tick)),
            ),
          )
      : [];
    const path = line<{ x: number; y: number }>(
      (point) => x(point.x),
      (point) => y(point.y),
    )(panel.points as { x: number; y: number }[]);
    const base = y(0);
    return element(
      'g',
      { transform: `translate(${left} ${top})` },
      ...horizontal,
      ...vertical,
      element('text', { x: 0, y: -6, class: 'strong' }, words(panel.name)),
      element(
        'text',
        { x: WIDTH, y: -6, 'text-anchor': 'end', class: 'muted' },
        words(`dashed ${panel.baseline.toFixed(3)}`),
      ),
      chosen === undefined
        ? ''
        : element('line', { x1: x(chosen), x2: x(chosen), y1: 0, y2: HEIGHT, class: 'chosen' }),
      element('line', { x1: 0, x2: WIDTH, y1: base, y2: base, class: 'plain' }),
      element('path', { d: path ?? '', class: 'aug' }),
      ...panel.points.map((point) =>
        element(
          'circle',
          {
            cx: x(point.x),
            cy: y(point.y),
            r: 2.75,
            class: point.significant === false ? 'hollow' : 'mark',
          },
          element('title', {}, words(`${panel.name}, ${xLabel} ${point.x}: ${signed(point.y)}`)),
        ),
      ),
    );
  });
  const description = panels
    .map(
      ({ name, points, baseline }) =>
        `${name}: ${signed(points[0].y)} to ${signed(points.at(-1)!.y)} against ${baseline.toFixed(3)}`,
    )
    .join('; ');
  return picture(
    { width, height, title, description },
    ...drawn,
    element('text', { x: MARGIN.left, y: height - 6, class: 'muted' }, words(`${xLabel} →`)),
    element(
      'text',
      { x: width - MARGIN.right, y: height - 6, 'text-anchor': 'end', class: 'muted' },
      words(yLabel),
    ),
  );
}

/** Keeps labels at the edges within their panel. */
function anchorAt(x: number): 'start' | 'middle' | 'end' {
  if (x < 4) return 'start';
  return x > WIDTH - 4 ? 'end' : 'middle';
}

/** +0.02, −0.01, 0 */
export function signed(value: number): string {
  const text = String(Number(Math.abs(value).toFixed(3)));
  return text === '0' ? text : `${value < 0 ? '−' : '+'}${text}`;
}

export function smallest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

export function largest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), -Infinity);
}
