/**
 * Draws the output of commands as a terminal window in SVG: docs/terminal.svg. The commands run
 * now; nothing is edited by hand. usage: npm run docs:picture
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const CHARACTER = 8.4;
const LINE = 20;
/** Columns of the terminal. */
const COLUMNS = 104;
const MARGIN = 18;
const BAR = 34;
/** By the SGR code that selects them. */
const COLORS: Readonly<Record<number, string>> = {
  31: '#f7768e',
  32: '#9ece6a',
  33: '#e0af68',
  34: '#7aa2f7',
  35: '#bb9af7',
  36: '#7dcfff',
  90: '#737aa2',
};

const OUT = 'docs/terminal.svg';
const LABEL =
  'A Korean question, may people be kept as slaves: with generated queries the English Article 4 ' +
  'ranks first, without them twelfth. Below, why it ranks first.';
const QUESTION = "'사람을 노예로 부려도 됩니까?'";
const COMMANDS = [
  `xqg search ${QUESTION} --index .xqg/demo --k 3 --augment both`,
  `xqg explain ${QUESTION} article-4 --index .xqg/demo`,
];

/** Text of one style. */
interface Span {
  text: string;
  readonly color?: string;
  readonly bold?: boolean;
}
type Line = Span[];

const lines: Line[] = [];
for (const command of COMMANDS) {
  lines.push([
    { text: '$ ', color: COLORS[32] },
    { text: command, bold: true },
  ]);
  const { status, stdout, stderr } = spawnSync(`xqg() { node dist/bin/xqg.js "$@"; }; ${command}`, {
    shell: true,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '1' },
  });
  if (status !== 0) {
    console.error(`${command}: exit code ${status}\n${stderr}`);
    process.exit(1);
  }
  for (const line of stdout.trimEnd().split('\n'))
    lines.push(...wrapped(spans(withoutIdleControls(line))));
  lines.push([]);
}
lines.pop();

const longest = Math.max(
  ...lines.map((line) => line.reduce((sum, { text }) => sum + cellsOf(text), 0)),
);
const width = Math.ceil(longest * CHARACTER + 2 * MARGIN);
const height = BAR + lines.length * LINE + MARGIN;
const body = lines
  .map((line, row) => drawLine(line, BAR + (row + 1) * LINE - 5))
  .filter((text) => text !== '');
writeFileSync(
  OUT,
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(LABEL)}">
<title>${escaped(LABEL)}</title>
<rect width="100%" height="100%" rx="9" fill="#1a1b26"/>
<circle cx="20" cy="17" r="6" fill="#f7768e"/><circle cx="40" cy="17" r="6" fill="#e0af68"/><circle cx="60" cy="17" r="6" fill="#9ece6a"/>
<g font-family="ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#c0caf5">
${body.join('\n')}
</g>
</svg>
`,
);

/**
 * Bidi isolates are drawn only in lines that have a right-to-left letter: not every viewer hides
 * them.
 */
function withoutIdleControls(line: string): string {
  return /[\p{sc=Arab}\p{sc=Hebr}]/u.test(line) ? line : line.replace(/[\u2066-\u2069]/g, '');
}

/**
 * Terminal cells that a text takes: two for an East Asian character, none for a mark or a bidi
 * control.
 */
function cellsOf(text: string): number {
  let cells = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (/^\p{Cf}+$/u.test(segment)) continue;
    cells += /^[\p{sc=Han}\p{sc=Hangul}\p{sc=Hira}\p{sc=Kana}\uff01-\uff60]/u.test(segment) ? 2 : 1;
  }
  return cells;
}

/**
 * Breaks a line between words where it is longer than the terminal, and indents what follows like
 * its beginning.
 */
function wrapped(line: Line): Line[] {
  const indent = /^ */.exec(line.map(({ text }) => text).join(''))![0].slice(0, COLUMNS / 2);
  const rows: Line[] = [[]];
  let used = 0;
  for (const span of line) {
    for (const word of span.text.split(/(?<= )(?=[^ ])/)) {
      if (used + cellsOf(word.trimEnd()) > COLUMNS && used > indent.length) {
        rows.push([{ text: indent }]);
        used = indent.length;
      }
      rows.at(-1)!.push({ ...span, text: word });
      used += cellsOf(word);
    }
  }
  return rows.map(joined);
}

/** Neighbors of one style become one span. */
function joined(line: Line): Line {
  const result: Line = [];
  for (const span of line) {
    const last = result.at(-1);
    if (last && last.color === span.color && Boolean(last.bold) === Boolean(span.bold)) {
      last.text += span.text;
    } else result.push({ ...span });
  }
  return result;
}

/** Runs of one style, from text with SGR codes. */
function spans(line: string): Line {
  const result: Line = [];
  let style: Omit<Span, 'text'> = {};
  // biome-ignore lint/suspicious/noControlCharactersInRegex: SGR sequences begin with the escape character
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: SGR sequences begin with the escape character
    const codes = /^\u001b\[([\d;]*)m$/.exec(part);
    if (!codes) {
      if (part !== '') result.push({ ...style, text: part });
      continue;
    }
    for (const code of codes[1].split(';').map(Number)) {
      if (code === 0) style = {};
      else if (code === 1) style = { ...style, bold: true };
      else if (code === 2) style = { ...style, color: COLORS[90] };
      else if (code === 22) style = { ...style, bold: false, color: undefined };
      else if (code === 39) style = { ...style, color: undefined };
      else if (COLORS[code]) style = { ...style, color: COLORS[code] };
    }
  }
  return result;
}

/**
 * A line, without relying on preserved blanks or on a monospaced fallback font: every piece between
 * wide gaps has a position of its own. Pieces of ASCII are set to the width of their cells. Where a
 * piece holds another script, whose font may have any width, what follows it flows on.
 */
function drawLine(line: Line, y: number): string {
  let column = 0;
  let flows = false;
  let gap = 0;
  const parts: string[] = [];
  for (const { text, color, bold } of line) {
    for (const piece of text.split(/( {2,}|^ +| +$)/)) {
      if (piece === '') continue;
      if (/^ +$/.test(piece)) {
        gap += piece.length;
        column += piece.length;
        continue;
      }
      const ascii = /^[\u0020-\u007e]+$/.test(piece);
      const place = flows
        ? gap > 0
          ? ` dx="${(gap * CHARACTER).toFixed(1)}"`
          : ''
        : ` x="${(MARGIN + column * CHARACTER).toFixed(1)}"`;
      const fixed = ascii ? ` textLength="${(piece.length * CHARACTER).toFixed(1)}"` : '';
      const style = `${color ? ` fill="${color}"` : ''}${bold ? ' font-weight="bold"' : ''}`;
      parts.push(`<tspan${place}${fixed}${style}>${escaped(piece)}</tspan>`);
      column += cellsOf(piece);
      gap = 0;
      if (!ascii) flows = true;
    }
  }
  return parts.length === 0 ? '' : `<text y="${y}">${parts.join('')}</text>`;
}

function escaped(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
