/**
 * Reads an experiment's results.json into what the page shows: the tests of the hypothesis, tables
 * of systems, and curves over a condition.
 */
export interface Row {
  readonly dataset: string;
  readonly setting: string;
  readonly queryLang: string;
  readonly passageLang: string;
  readonly system: string;
  readonly metric: string;
  readonly value: number;
  readonly encoder: string;
  readonly generator: string;
  readonly condition: string;
  readonly point: string | number;
}

interface Test {
  readonly baseline: number;
  readonly system: number;
  readonly difference: number;
  readonly interval: { readonly low: number; readonly high: number };
  readonly pRandomization: number;
  readonly correctedRandomization?: number;
}

interface Answer {
  readonly primary: {
    readonly metric: string;
    readonly baseline: string;
    readonly system: string;
    readonly correction: string;
  };
  readonly languages: readonly string[];
  readonly rows: readonly {
    readonly encoder: string;
    readonly generator: string;
    readonly byLanguage: readonly Test[];
    readonly mean: Test;
  }[];
  readonly sentences: readonly string[];
}

export interface Results {
  readonly rows: readonly Row[];
  readonly answer: Answer | null;
}

/** Null for a file of another format, of which only the report is shown. */
export function readResults(value: unknown): Results | null {
  const { results, answer } = (value ?? {}) as { results?: unknown; answer?: unknown };
  if (!Array.isArray(results)) return null;
  const rows = results.filter(
    (row): row is Row =>
      typeof row?.value === 'number' &&
      typeof row.system === 'string' &&
      typeof row.metric === 'string',
  );
  const tests = answer as Answer | undefined;
  const complete =
    Array.isArray(tests?.rows) && Array.isArray(tests.languages) && tests.primary !== undefined;
  return { rows, answer: complete ? tests! : null };
}

/** Label of the table or chart that a row belongs to: data set, setting, encoder and generator. */
export function groupOf({ dataset, setting, encoder, generator }: Row): string {
  return [dataset, setting, encoder, generator].filter((part) => part !== undefined).join(' · ');
}

/** The language that varies within the row's setting. */
function languageOf({ setting, queryLang, passageLang }: Row): string {
  return setting === 'from-english' ? passageLang : queryLang;
}

export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** One curve per language, and last the curve of their mean. */
export function curvesOf(rows: readonly Row[], condition: string): Curve[] {
  const byLanguage = new Map<string, Map<number, number[]>>();
  for (const row of rows) {
    const x = Number(row.point);
    if (row.condition !== condition || !Number.isFinite(x)) continue;
    for (const name of [languageOf(row), 'mean']) {
      const points = byLanguage.get(name) ?? new Map<number, number[]>();
      byLanguage.set(name, points);
      points.set(x, [...(points.get(x) ?? []), row.value]);
    }
  }
  return [...byLanguage]
    .map(([name, points]) => ({
      name,
      points: [...points]
        .map(([x, values]) => ({
          x,
          y: values.reduce((sum, value) => sum + value, 0) / values.length,
        }))
        .sort((a, b) => a.x - b.x),
    }))
    .sort((a, b) => Number(a.name === 'mean') - Number(b.name === 'mean'));
}

/** A table with systems as rows, and languages and their mean as columns. */
export function tableOf(rows: readonly Row[]): {
  languages: string[];
  systems: { name: string; values: (number | null)[]; mean: number }[];
} {
  const own = rows.filter(({ condition }) => condition === undefined || condition === 'system');
  const languages = [...new Set(own.map(languageOf))];
  const names = [...new Set(own.map(({ system }) => system))];
  const systems = names.map((name) => {
    const values = languages.map((lang) => {
      const cells = own
        .filter((row) => row.system === name && languageOf(row) === lang)
        .map(({ value }) => value);
      return cells.length === 0
        ? null
        : cells.reduce((sum, value) => sum + value, 0) / cells.length;
    });
    const measured = values.filter((value) => value !== null);
    const sum = measured.reduce((total, value) => total + value, 0);
    return { name, values, mean: sum / measured.length };
  });
  return { languages, systems };
}
