/**
 * The demo's table: ranks of the right passage without and with generated queries, compared
 * question by question.
 */

/** From 1; null: not found, which counts as the rank after the last passage, reciprocal rank 0. */
export type Rank = number | null;

/** The ranks of a language's questions. */
export interface DemoRow {
  readonly lang: string;
  readonly without: readonly Rank[];
  readonly with: readonly Rank[];
}

/** @param passages number of passages that were ranked */
export function demoTable(rows: readonly DemoRow[], passages: number): string {
  const place = (rank: Rank): number => rank ?? passages + 1;
  const names = new Intl.DisplayNames('en', { type: 'language' });
  const lines: string[] = [];
  const width = Math.max(...rows.map(({ without }) => without.length)) * 3;
  const line = (
    name: string,
    ranks: readonly string[],
    counts: readonly (number | string)[],
    means: readonly string[],
  ): string =>
    [
      name.padEnd(14),
      ranks[0].padEnd(width),
      ranks[1].padEnd(width),
      ...counts.map((count, i) => String(count).padStart(i === 0 ? 6 : 5)),
      ...means.map((mean) => mean.padStart(13)),
    ]
      .join('  ')
      .trimEnd();
  lines.push(
    line('', ['without xQG', 'with xQG'], ['better', 'equal', 'worse'], ['mean rank', 'MRR']),
  );
  for (const { lang, without, with: withXqg } of rows) {
    const shown = [without, withXqg].map((ranks) =>
      ranks.map((rank) => String(rank ?? '-').padStart(3)).join(''),
    );
    lines.push(
      line(
        `${lang} ${names.of(lang)}`,
        shown,
        compare(without, withXqg, place),
        means(without, withXqg, place),
      ),
    );
  }
  const all = [
    rows.flatMap(({ without }) => without),
    rows.flatMap(({ with: withXqg }) => withXqg),
  ];
  lines.push(line('all', ['', ''], compare(all[0], all[1], place), means(all[0], all[1], place)));
  return lines.join('\n');
}

type Place = (rank: Rank) => number;

/** How many questions xQG ranks better, equally and worse. */
function compare(without: readonly Rank[], withXqg: readonly Rank[], place: Place): number[] {
  const counts = [0, 0, 0];
  without.forEach((rank, i) => {
    counts[Math.sign(place(withXqg[i]) - place(rank)) + 1] += 1;
  });
  return counts;
}

function means(without: readonly Rank[], withXqg: readonly Rank[], place: Place): string[] {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const both = [without, withXqg];
  const ranks = both.map((list) => mean(list.map(place)).toFixed(2));
  const reciprocal = both.map((list) =>
    mean(list.map((rank) => (rank === null ? 0 : 1 / rank))).toFixed(3),
  );
  return [ranks.join(' -> '), reciprocal.join(' -> ')];
}
