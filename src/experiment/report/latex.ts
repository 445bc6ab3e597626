/** Tables as LaTeX, for booktabs. Knows no computation. */
import type { ReportTable } from './report.js';

export function latexTable({ id, title, note, header, rows }: ReportTable): string {
  const body = rows.map(({ cells, kind }) => {
    if (kind === 'head')
      return `\\midrule\n\\multicolumn{${header.length}}{l}{\\textit{${escaped(cells[0])}}} \\\\`;
    const texts = cells.map(escape);
    return `${(kind === 'difference' ? texts.map((text) => `\\textbf{${text}}`) : texts).join(' & ')} \\\\`;
  });
  return `% needs \\usepackage{booktabs}
\\begin{table}
\\centering
\\caption{${escaped(title)}. ${escaped(note)}}
\\label{tab:${id}}
\\begin{tabular}{l${'r'.repeat(header.length - 1)}}
\\toprule
${header.map(escape).join(' & ')} \\\\
${body[0]?.startsWith('\\midrule') ? '' : '\\midrule\n'}${body.join('\n')}
\\bottomrule
\\end{tabular}
\\end{table}
`;
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
  return text.replace(/[\\~^−≤<>–’&%$#_{}]/g, (character) => SPECIAL[character] ?? `\\${character}`);
}
