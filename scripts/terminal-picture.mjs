// Draws the real output of commands as a terminal window in SVG. Runs them here and now: nothing is edited by hand.
// usage: node scripts/terminal-picture.mjs OUT.svg "command 1" "command 2" ...     (`xqg` is this clone's)
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const CHARACTER = 8.4;
const LINE = 20;
/** Columns of the terminal. */
const COLUMNS = 104;
const MARGIN = 18;
const BAR = 34;
const COLORS = {
  31: '#f7768e',
  32: '#9ece6a',
  33: '#e0af68',
  34: '#7aa2f7',
  35: '#bb9af7',
  36: '#7dcfff',
  90: '#737aa2',
};

const [out, ...commands] = process.argv.slice(2);
if (!out || commands.length === 0) {
  console.error('usage: node scripts/terminal-picture.mjs OUT.svg "command" ...');
  process.exit(1);
}

const lines = [];
for (const command of commands) {
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
  for (const line of stdout.trimEnd().split('\n')) lines.push(...wrapped(spans(line)));
  lines.push([]);
}
lines.pop();

const longest = Math.max(
  ...lines.map((line) => line.reduce((sum, { text }) => sum + text.length, 0)),
);
const width = Math.ceil(longest * CHARACTER + 2 * MARGIN);
const height = BAR + lines.length * LINE + MARGIN;
const body = lines
  .map((line, row) => drawLine(line, BAR + (row + 1) * LINE - 5))
  .filter((text) => text !== '');
writeFileSync(
  out,
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Terminal output of ${attribute(commands.join('; '))}">
<rect width="100%" height="100%" rx="9" fill="#1a1b26"/>
<circle cx="20" cy="17" r="6" fill="#f7768e"/><circle cx="40" cy="17" r="6" fill="#e0af68"/><circle cx="60" cy="17" r="6" fill="#9ece6a"/>
<g font-family="ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#c0caf5" xml:space="preserve">
${body.join('\n')}
</g>
</svg>
`,
);

/** Lines of at most so many characters, as a terminal shows a long one. */
function wrapped(line) {
  const rows = [[]];
  let used = 0;
  for (const span of line) {
    for (let from = 0; from < span.text.length; ) {
      if (used === COLUMNS) {
        rows.push([]);
        used = 0;
      }
      const text = span.text.slice(from, from + COLUMNS - used);
      rows.at(-1).push({ ...span, text });
      from += text.length;
      used += text.length;
    }
  }
  return rows;
}

/** Runs of one style, from text with SGR codes. */
function spans(line) {
  const result = [];
  let style = {};
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

function drawLine(line, y) {
  if (line.length === 0) return '';
  const parts = line.map(({ text, color, bold }) => {
    const attributes = `${color ? ` fill="${color}"` : ''}${bold ? ' font-weight="bold"' : ''}`;
    return attributes ? `<tspan${attributes}>${attribute(text)}</tspan>` : attribute(text);
  });
  return `<text x="${MARGIN}" y="${y}">${parts.join('')}</text>`;
}

function attribute(text) {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
