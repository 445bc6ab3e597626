/**
 * Renders the report as a self-contained HTML page without scripts, for light and dark screens and
 * for print.
 */
import { type Figure, isText, type Report, type ReportTable, type Section } from './report.js';

export function htmlReport(report: Report): string {
  const { title, question, answer, answerTable, sections, notes, madeBy } = report;
  const contents = ['Answer', ...sections.map((section) => section.title), 'Provenance'];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#answer">Skip to the answer</a>
<header>
<h1>${escaped(title)}</h1>
${question === '' ? '' : `<p class="question">${escaped(question)}</p>`}
<nav aria-label="Contents"><ul>${contents.map((name) => `<li><a href="#${anchor(name)}">${escaped(name)}</a></li>`).join('')}</ul></nav>
</header>
<main>
<section id="answer">
<h2>Answer</h2>
${answer.sentences.map((sentence) => `<p class="answer">${escaped(sentence)}</p>`).join('\n')}
${table(answerTable)}
${notes.length === 0 ? '' : `<h3>Notes</h3><ul>${notes.map((note) => `<li>${escaped(note)}</li>`).join('')}</ul>`}
</section>
${sections.map(sectionHtml).join('\n')}
<section id="${anchor('Provenance')}">
<h2>Provenance</h2>
<dl>${madeBy.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>
</section>
</main>
</body>
</html>
`;
}

function sectionHtml({ title, text, tables, figures }: Section): string {
  return `<section id="${anchor(title)}">
<h2>${escaped(title)}</h2>
${text === '' ? '' : `<p>${escaped(text)}</p>`}
${figures.map(figureHtml).join('\n')}
${tables.map(table).join('\n')}
</section>`;
}

function figureHtml({ id, title, caption, svg, header, rows }: Figure): string {
  const body = rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escaped(shown(cell))}</td>`).join('')}</tr>`)
    .join('');
  return `<figure id="figure-${id}">
<figcaption><strong>${escaped(title)}.</strong> ${escaped(caption)}</figcaption>
<div class="wide" tabindex="0" role="region" aria-label="${escaped(title)}">${svg}</div>
<details><summary>Data</summary><div class="wide" tabindex="0" role="region" aria-label="Data of ${escaped(title)}"><table><thead><tr>${header
    .map((cell) => `<th scope="col">${escaped(cell)}</th>`)
    .join('')}</tr></thead><tbody>${body}</tbody></table></div></details>
</figure>`;
}

/** The page shows four digits; the files have all of them. */
function shown(cell: string | number): string {
  return typeof cell === 'number' ? String(Number(cell.toFixed(4))) : cell;
}

function table({ id, title, note, header, rows }: ReportTable): string {
  const width = header.length;
  const hasText = (column: number) =>
    rows.some(({ cells, kind }) => kind !== 'head' && isText(cells[column] ?? ''));
  const body = rows.map(({ cells: [name, ...cells], kind }) => {
    if (kind === 'head')
      return `<tr class="head"><th colspan="${width}" scope="colgroup">${escaped(name)}</th></tr>`;
    const values = cells.map((cell) => `<td${cellClass(cell)}>${escaped(cell)}</td>`).join('');
    return `<tr${kind ? ` class="${kind}"` : ''}><th scope="row">${escaped(name)}</th>${values}</tr>`;
  });
  return `<p class="about"><strong>${escaped(title)}</strong>${note === '' ? '' : `<br>${escaped(note)}`}</p>
<div class="wide" tabindex="0" role="region" aria-label="${escaped(title)}">
<table id="table-${id}" aria-label="${escaped(title)}">
<thead><tr>${header.map((cell, c) => `<th scope="col"${c > 0 && hasText(c) ? ' class="text"' : ''}>${escaped(cell)}</th>`).join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table>
</div>`;
}

function cellClass(cell: string): string {
  return isText(cell) ? ' class="text"' : '';
}

function anchor(title: string): string {
  return title.toLowerCase().replace(/\W+/g, '-');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--muted:#5b6570;--line:#d5dae0;--paper:#fff;--tint:#f3f5f8;--link:#0b56ad}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf1;--muted:#a3adb8;--line:#3a424c;--paper:#14181d;--tint:#1e242b;--link:#7db5ff}}
body{margin:0 auto;padding:1.5rem 1.25rem 4rem;max-width:68rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.7rem;margin:0 0 .25rem}h2{font-size:1.3rem;margin:2.5rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
.question{color:var(--muted);margin:.25rem 0 1rem}.answer{font-size:1.1rem}
a{color:var(--link)}.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;margin:.5rem 0}
.wide{overflow-x:auto;margin:1rem 0}
.wide:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.86rem}
.about{color:var(--muted);font-size:.86rem;margin:1.5rem 0 -.5rem}.about strong{color:var(--ink);font-size:.95rem}
th,td{padding:.2rem .4rem;text-align:right;white-space:nowrap}
th:first-child{text-align:left;font-weight:500}thead th{border-bottom:1px solid var(--muted);font-weight:600}
th.text,td.text{text-align:left}td.text{white-space:normal;min-width:9rem}
tr>:first-child:not([colspan]){position:sticky;left:0;background:var(--paper)}tr.difference>:first-child{background:var(--tint)}
tbody tr{border-bottom:1px solid var(--line)}
tr.head th{text-align:left;background:var(--tint);font-weight:600}
tr.difference td,tr.difference th{font-weight:650;background:var(--tint)}
tr.test td,tr.test th{color:var(--muted)}
figure{margin:1.5rem 0}figcaption{max-width:58rem}
.chart{max-width:100%;height:auto}
details{margin:.25rem 0}summary{cursor:pointer;color:var(--link)}
dl div{display:grid;grid-template-columns:minmax(9rem,14rem) 1fr;gap:.75rem;border-bottom:1px solid var(--line);padding:.2rem 0}
dt{color:var(--muted);overflow-wrap:anywhere}dd{margin:0;overflow-wrap:anywhere}
@media (max-width:40rem){dl div{grid-template-columns:1fr;gap:0}}
@media print{:root{--ink:#000;--muted:#444;--line:#bbb;--paper:#fff;--tint:#f2f2f2;--link:#000}body{max-width:none;padding:0;font-size:10pt}nav,.skip,details{display:none}.wide{overflow:visible}table{font-size:7.5pt}th,td{padding:.1rem .25rem}figure,table{break-inside:avoid}}
`;
