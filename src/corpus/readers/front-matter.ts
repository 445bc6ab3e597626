/**
 * Front matter of Markdown: the part of YAML that is used in practice, one `key: value` per line,
 * with quotes, and lists. Deeper nesting is kept as text. TOML between `+++` is read alike.
 */
import type { MetadataValue } from '../passage.js';

export interface FrontMatter {
  readonly fields: ReadonlyMap<string, MetadataValue>;
  /** The text after it. */
  readonly body: string;
}

const KEY = /^([^\s#:-][^:]*):(?:\s+(.*))?$/s;

/**
 * Splits off what stands between two lines `---` at the beginning, if it is a mapping; anything
 * else is text between two rules, above all where an empty line follows the first one (Pandoc's
 * rule).
 */
export function splitFrontMatter(text: string): FrontMatter {
  const yaml = /^---[ \t]*\r?\n([\s\S]*?\r?\n)??(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/.exec(text);
  const match = yaml ?? /^\+\+\+[ \t]*\r?\n([\s\S]*?\r?\n)??\+\+\+[ \t]*(?:\r?\n|$)/.exec(text);
  const fields = new Map<string, MetadataValue>();
  const source = (match?.[1] ?? '').split(/\r?\n/);
  const lines = yaml === null ? source.map(fromToml) : source;
  if (match === null || !isMapping(lines)) return { fields, body: text };
  for (let i = 0; i < lines.length; i++) {
    const entry = KEY.exec(lines[i]);
    if (entry === null) continue;
    const nested: string[] = [];
    while (i + 1 < lines.length && /^(\s|- )/.test(lines[i + 1])) nested.push(lines[++i].trim());
    const value = metadataValue(uncommented(entry[2] ?? ''), nested);
    if (value !== '') fields.set(entry[1].trim(), value);
  }
  return { fields, body: text.slice(match[0].length) };
}

/** `key = value` as `key: value`, and the head of a table as a comment. */
function fromToml(line: string): string {
  return line.replace(/^([\w.-]+)\s*=\s*/, '$1: ').replace(/^\[/, '#');
}

function isMapping(lines: readonly string[]): boolean {
  if (lines.every((line) => line.trim() === '')) return true;
  if (lines[0].trim() === '') return false;
  let keys = 0;
  for (const line of lines) {
    if (KEY.test(line)) keys++;
    else if (line.trim() !== '' && !(keys > 0 && /^(\s|- )/.test(line)) && !line.startsWith('#'))
      return false;
  }
  return keys > 0;
}

function metadataValue(inline: string, nested: readonly string[]): MetadataValue {
  const below = nested.filter((line) => line !== '');
  if (inline === '' && below.length > 0 && below.every((line) => line.startsWith('- '))) {
    return below.map((line) => unquoted(line.slice(2).trim()));
  }
  // `>` and `|` begin a text that stands below.
  if (below.length > 0)
    return [/^[>|][+-]?$/.test(inline) ? '' : inline, ...below].join(' ').trim();
  const list = /^\[(.*)\]$/.exec(inline);
  if (list !== null) {
    return list[1]
      .split(',')
      .map((item) => unquoted(item.trim()))
      .filter((item) => item !== '');
  }
  if (inline === 'true' || inline === 'false') return inline === 'true';
  if (/^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(inline)) return Number(inline);
  return unquoted(inline);
}

function uncommented(value: string): string {
  return /^["']/.test(value) ? value.trim() : value.replace(/(^|\s)#.*$/s, '').trim();
}

function unquoted(value: string): string {
  if (/^'.*'$/.test(value)) return value.slice(1, -1).replaceAll("''", "'");
  return /^".*"$/.test(value) ? value.slice(1, -1).replace(/\\(["\\])/g, '$1') : value;
}
