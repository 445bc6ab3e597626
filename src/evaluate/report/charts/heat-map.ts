/** A heat map with values: languages of the questions by languages of the passages. */
import { largest } from './curves.js';
import { element, picture, words } from './svg.js';

export interface HeatMapOptions {
  readonly title: string;
  readonly rowLabel: string;
  readonly columnLabel: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Null if it was not measured. */
  readonly value: (row: string, column: string) => number | null;
  /** Whether values are differences, whose gains and losses have different colors. */
  readonly signed: boolean;
}

const CELL = { width: 46, height: 26 };
const MARGIN = { left: 56, top: 46, right: 8, bottom: 8 };

export function heatMap({
  title,
  rowLabel,
  columnLabel,
  rows,
  columns,
  value,
  signed,
}: HeatMapOptions): string {
  const all = rows.flatMap((row) => columns.map((column) => value(row, column) ?? 0));
  const top = largest(all.map(Math.abs)) || 1;
  const width = MARGIN.left + columns.length * CELL.width + MARGIN.right;
  const height = MARGIN.top + rows.length * CELL.height + MARGIN.bottom;
  const cells = rows.flatMap((row, r) =>
    columns.map((column, c) => {
      const number = value(row, column);
      if (number === null) return '';
      const [x, y] = [MARGIN.left + c * CELL.width, MARGIN.top + r * CELL.height];
      const share = signed ? Math.abs(number) / top : number;
      return (
        element('rect', {
          x: x + 1,
          y: y + 1,
          width: CELL.width - 2,
          height: CELL.height - 2,
          class: signed && number < 0 ? 'loss' : 'gain',
          // Text must be readable on the strongest color in both color schemes.
          'fill-opacity': 0.55 * share,
        }) +
        element(
          'text',
          { x: x + CELL.width / 2, y: y + CELL.height / 2 + 4, 'text-anchor': 'middle' },
          words(signed ? withSign(number) : short(number)),
        )
      );
    }),
  );
  const best = all.reduce((a, b) => Math.max(a, b), -Infinity);
  return picture(
    {
      width,
      height,
      title,
      description: `${rows.length} by ${columns.length} values, the largest ${best.toFixed(3)}`,
    },
    element('text', { x: MARGIN.left, y: 14, class: 'muted' }, words(`${columnLabel} →`)),
    element('text', { x: 0, y: MARGIN.top - 8, class: 'muted' }, words(`${rowLabel} ↓`)),
    ...columns.map((column, c) =>
      element(
        'text',
        {
          x: MARGIN.left + (c + 0.5) * CELL.width,
          y: MARGIN.top - 8,
          'text-anchor': 'middle',
          class: 'strong',
        },
        words(column),
      ),
    ),
    ...rows.map((row, r) =>
      element(
        'text',
        {
          x: MARGIN.left - 8,
          y: MARGIN.top + (r + 0.5) * CELL.height + 4,
          'text-anchor': 'end',
          class: 'strong',
        },
        words(row),
      ),
    ),
    ...cells,
  );
}

function withSign(value: number): string {
  const text = short(Math.abs(value));
  return Number(text) === 0 ? '0' : `${value < 0 ? '−' : '+'}${text}`;
}

/** .012 */
function short(value: number): string {
  return value.toFixed(3).replace(/^0\./, '.');
}
