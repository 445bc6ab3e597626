/** Builds SVG as text. */

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element; its children are SVG, with text escaped by `words`. */
export function element(
  name: string,
  attributes: Attributes,
  ...children: readonly string[]
): string {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) => ` ${key}="${escaped(typeof value === 'number' ? rounded(value) : value!)}"`,
    )
    .join('');
  return children.length === 0
    ? `<${name}${list}/>`
    : `<${name}${list}>${children.join('')}</${name}>`;
}

export function words(text: string): string {
  return escaped(text);
}

/** A complete picture with styles, and with title and description for screen readers. */
export function picture(
  {
    width,
    height,
    title,
    description,
  }: { width: number; height: number; title: string; description: string },
  ...children: readonly string[]
): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${rounded(width)} ${rounded(height)}`,
      width,
      height,
      role: 'img',
      class: 'chart',
      // On narrow screens it is not scaled down, so that its text stays readable.
      style: `min-width:min(34rem,${rounded(width)}px)`,
      'aria-label': `${title}. ${description}`,
    },
    element('style', {}, STYLE),
    ...children,
  );
}

/** Colors also differ in lightness. Print uses the light scheme. */
const STYLE = `
.chart{--ink:#1b1f24;--muted:#5b6570;--grid:#dde2e8;--plain:#6b7683;--aug:#0b62c4;--loss:#b3470e;font:11px system-ui,sans-serif}
@media screen and (prefers-color-scheme:dark){.chart{--ink:#e8ecf1;--muted:#a3adb8;--grid:#343c46;--plain:#97a3b0;--aug:#6fb1ff;--loss:#ff9d5c}}
.chart text{fill:var(--ink)}
.chart .muted{fill:var(--muted)}
.chart .strong{font-weight:600}
.chart .grid{stroke:var(--grid);fill:none}
.chart .axis{stroke:var(--muted);fill:none}
.chart .plain{stroke:var(--plain);fill:none;stroke-dasharray:4 3}
.chart .aug{stroke:var(--aug);fill:none;stroke-width:1.75}
.chart .mark{stroke:var(--aug);fill:var(--aug)}
.chart .hollow{stroke:var(--aug);fill:Canvas}
.chart .chosen{stroke:var(--muted);stroke-dasharray:1 2}
.chart .bar-plain{fill:var(--plain)}
.chart .bar-aug,.chart .gain{fill:var(--aug)}
.chart .loss{fill:var(--loss)}
.chart .whisker{stroke:var(--muted)}
`;

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
