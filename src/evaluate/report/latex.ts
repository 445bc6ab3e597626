/** Renders tables as LaTeX for the package booktabs. */
import { isText, type ReportTable } from './report.js';

/** Tables with at least this many columns are set more tightly. */
const MANY_COLUMNS = 9;

export function latexTable({ id, title, note, header, rows }: ReportTable): string {
  const body = rows.map(({ cells, kind }) => {
    if (kind === 'head')
      return `\\midrule\n\\multicolumn{${header.length}}{l}{\\textit{${escaped(cells[0])}}} \\\\`;
    const texts = cells.map(escaped);
    return line(kind === 'difference' ? texts.map((text) => `\\textbf{${text}}`) : texts);
  });
  const columns = header.map((_, c) => {
    if (c === 0) return 'l';
    return rows.some(({ cells, kind }) => kind !== 'head' && isText(cells[c] ?? ''))
      ? 'p{0.25\\linewidth}'
      : 'r';
  });
  const narrow =
    header.length >= MANY_COLUMNS ? '\\footnotesize\n\\setlength{\\tabcolsep}{3pt}\n' : '';
  return `% needs \\usepackage{booktabs}
\\begin{table}
\\centering
${narrow}\\caption{${escaped(title)}.${note === '' ? '' : ` ${escaped(note)}`}}
\\label{tab:${id}}
\\begin{tabular}{${columns.join('')}}
\\toprule
${line(header.map(escaped))}
${body[0]?.startsWith('\\midrule') ? '' : '\\midrule\n'}${body.join('\n')}
\\bottomrule
\\end{tabular}
\\end{table}
`;
}

/** A row. A leading star or bracket would be read as an argument of the \\ before it. */
function line(cells: readonly string[]): string {
  const text = cells.join(' & ');
  return `${/^[*[]/.test(text) ? '{}' : ''}${text} \\\\`;
}

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '−': '$-$',
  '≤': '$\\le$',
  '<': '$<$',
  '>': '$>$',
  '–': '--',
  '’': "'",
};

function escaped(text: string): string {
  return text.replace(
    /[\\~^−≤<>–’&%$#_{}]/g,
    (character) => SPECIAL[character] ?? `\\${character}`,
  );
}
