/** A scatter plot of points with intervals: gains by the strength of the baseline. */
import { scaleLinear } from 'd3-scale';
import { largest, signed, smallest } from './curves.js';
import { element, picture, words } from './svg.js';

export interface ScatterPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

export interface ScatterOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points: readonly ScatterPoint[];
}

const WIDTH = 560;
const HEIGHT = 260;
const MARGIN = { left: 56, top: 22, right: 30, bottom: 44 };

export function scatter({ title, xLabel, yLabel, points }: ScatterOptions): string {
  const x = scaleLinear(
    [smallest(points.map((p) => p.x)), largest(points.map((p) => p.x))],
    [0, WIDTH],
  ).nice(6);
  const lows = Math.min(0, smallest(points.map(({ low }) => low)));
  const highs = Math.max(0, largest(points.map(({ high }) => high)));
  const y = scaleLinear([lows, highs], [HEIGHT, 0]).nice(6);
  const marks = points.map(({ name, x: at, y: value, low, high }) => {
    const [cx, cy] = [x(at), y(value)];
    return element(
      'g',
      {},
      element('line', { x1: cx, x2: cx, y1: y(low), y2: y(high), class: 'whisker' }),
      element(
        'circle',
        { cx, cy, r: 4, class: value < 0 ? 'loss' : 'gain' },
        element('title', {}, words(`${name}: ${at.toFixed(3)}, ${value.toFixed(3)}`)),
      ),
      element('text', { x: cx + 6, y: cy - 5 }, words(name)),
    );
  });
  const losses = points.filter((point) => point.y < 0).length;
  return picture(
    {
      width: MARGIN.left + WIDTH + MARGIN.right,
      height: MARGIN.top + HEIGHT + MARGIN.bottom,
      title,
      description: `${points.length} points, ${losses} of them below 0`,
    },
    element(
      'g',
      { transform: `translate(${MARGIN.left} ${MARGIN.top})` },
      ...y.ticks(6).map(
        (tick) =>
          element('line', {
            x1: 0,
            x2: WIDTH,
            y1: y(tick),
            y2: y(tick),
            class: tick === 0 ? 'axis' : 'grid',
          }) +
          element(
            'text',
            { x: -8, y: y(tick) + 4, 'text-anchor': 'end', class: 'muted' },
            words(signed(tick)),
          ),
      ),
      ...x
        .ticks(6)
        .map((tick) =>
          element(
            'text',
            { x: x(tick), y: HEIGHT + 16, 'text-anchor': 'middle', class: 'muted' },
            words(String(Number(tick.toFixed(3)))),
          ),
        ),
      ...marks,
      element('text', { x: 0, y: HEIGHT + 36, class: 'muted' }, words(`${xLabel} →`)),
      element('text', { x: 0, y: -9, class: 'muted' }, words(`${yLabel} ↑`)),
    ),
  );
}
