/** A bar chart with two bars per language and their values. */
import { scaleLinear } from 'd3-scale';
import { largest } from './curves.js';
import { element, picture, words } from './svg.js';

export interface BarsOptions {
  readonly title: string;
  readonly names: readonly [string, string];
  readonly groups: readonly { readonly name: string; readonly values: readonly [number, number] }[];
}

const GROUP = 58;
const HEIGHT = 180;
const MARGIN = { left: 10, top: 44, right: 10, bottom: 24 };

export function bars({ title, names, groups }: BarsOptions): string {
  const y = scaleLinear([0, largest(groups.flatMap(({ values }) => values))], [HEIGHT, 0]);
  const width = MARGIN.left + groups.length * GROUP + MARGIN.right;
  const classes = ['bar-plain', 'bar-aug'];
  const drawn = groups.map(({ name, values }, g) =>
    element(
      'g',
      { transform: `translate(${MARGIN.left + g * GROUP} ${MARGIN.top})` },
      ...values.map((value, v) => {
        const x = 4 + v * 25;
        return (
          element('rect', {
            x,
            y: y(value),
            width: 22,
            height: HEIGHT - y(value),
            class: classes[v],
          }) +
          element(
            'text',
            { x: x + 11, y: y(value) - 4, 'text-anchor': 'middle', 'font-size': 9 },
            words(value.toFixed(0)),
          )
        );
      }),
      element(
        'text',
        { x: 27, y: HEIGHT + 16, 'text-anchor': 'middle', class: 'strong' },
        words(name),
      ),
    ),
  );
  const legend = names.map((name, n) =>
    element(
      'g',
      { transform: `translate(${MARGIN.left + 4 + n * 190} 8)` },
      element('rect', { width: 12, height: 12, class: classes[n] }),
      element('text', { x: 18, y: 10 }, words(name)),
    ),
  );
  const description = groups
    .map(({ name, values }) => `${name}: ${values.map((value) => value.toFixed(0)).join(' and ')}`)
    .join('; ');
  return picture(
    {
      width: Math.max(width, 400),
      height: MARGIN.top + HEIGHT + MARGIN.bottom,
      title,
      description,
    },
    ...legend,
    ...drawn,
  );
}
