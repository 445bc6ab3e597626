/** Renders the report as Markdown, with figures as linked SVG files. */
import type { Report, ReportTable } from './report.js';

export function markdownReport({
  title,
  question,
  answer,
  answerTable,
  sections,
  notes,
  madeBy,
}: Report): string {
  const parts = [
    `# ${title}`,
    question,
    '## Answer',
    ...answer.sentences,
    markdownTable(answerTable),
  ];
  if (notes.length > 0) parts.push('Notes:', notes.map((note) => `- ${note}`).join('\n'));
  for (const section of sections) {
    parts.push(`## ${section.title}`, section.text);
    for (const figure of section.figures) {
      parts.push(
        `![${figure.title}](figures/${figure.id}.svg)`,
        `**${figure.title}.** ${figure.caption}`,
      );
      parts.push(`Data: [figures/${figure.id}.csv](figures/${figure.id}.csv)`);
    }
    parts.push(...section.tables.map(markdownTable));
  }
  parts.push('## Provenance', madeBy.map(([name, value]) => `- ${name}: ${value}`).join('\n'));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function markdownTable({ title, note, header, rows }: ReportTable): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const lines = rows.map(({ cells, kind }) =>
    kind === 'head'
      ? line([`**${cells[0]}**`, ...header.slice(1).map(() => '')])
      : line(kind === 'difference' ? cells.map((cell) => `**${cell}**`) : cells),
  );
  return [
    `**${title}**${note === '' ? '' : `\n\n${note}`}`,
    '',
    line(header),
    line(header.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...lines,
  ].join('\n');
}
