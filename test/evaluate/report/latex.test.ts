import { expect, it } from 'vitest';
import { latexTable } from '../../../src/evaluate/report/latex.js';
import { checkLatex } from './latex-check.js';

it('a table is LaTeX with every sign in its place', () => {
  const tex = latexTable({
    id: 'answer',
    title: 'a_b & c: 5 %',
    note: 'p ≤ .05, {x} #1',
    header: ['', 'ar', 'source'],
    rows: [
      { kind: 'head', cells: ['file:x_y, lexicon'] },
      { cells: ['95 % from', '−0.003', 'Asai et al. (arXiv)'] },
      { cells: ['*hybrid', '<.001', ''] },
      { kind: 'difference', cells: ['difference', '+0.010*', '–'] },
    ],
  });
  expect(tex).toBe(`% needs \\usepackage{booktabs}
\\begin{table}
\\centering
\\caption{a\\_b \\& c: 5 \\%. p $\\le$ .05, \\{x\\} \\#1}
\\label{tab:answer}
\\begin{tabular}{lrp{0.25\\linewidth}}
\\toprule
 & ar & source \\\\
\\midrule
\\multicolumn{3}{l}{\\textit{file:x\\_y, lexicon}} \\\\
95 \\% from & $-$0.003 & Asai et al. (arXiv) \\\\
{}*hybrid & $<$.001 &  \\\\
\\textbf{difference} & \\textbf{+0.010*} & \\textbf{--} \\\\
\\bottomrule
\\end{tabular}
\\end{table}
`);
  checkLatex(tex);
});

it('the check itself sees a comment, a wrong number of cells and an open group', () => {
  const table = (row: string) =>
    latexTable({
      id: 'x',
      title: 't',
      note: '',
      header: ['', 'a'],
      rows: [{ cells: ['r', '1'] }],
    }).replace('r & 1', row);
  checkLatex(table('r & 1'));
  expect(() => checkLatex(table('95%20 & 1'))).toThrow();
  expect(() => checkLatex(table('r & 1 & 2'))).toThrow();
  expect(() => checkLatex(table('r & {1'))).toThrow();
});
