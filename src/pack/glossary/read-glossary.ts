/**
 * Reads a glossary from CSV: one column per language, one row per concept, several terms of a cell
 * separated by "|". All problems of a file are reported at once, with their lines.
 */
import { type CsvError, type Info, parse } from 'csv-parse/sync';
import { XqgError } from '../../base/errors.js';
import { readRegularSync } from '../../base/small-file.js';
import { LANGUAGES } from '../../languages/languages.js';
import { type ConceptTerms, Glossary, termKey } from './glossary.js';

const EXAMPLE = 'a header row such as en,de,fi, then one concept a row';
/** In bytes. */
const LARGEST = 64e6;
/** An error lists at most this many problems. */
const MAX_PROBLEMS = 20;

/** @throws XqgError XQG_GLOSSARY when the file cannot be read or has problems */
export async function readGlossary(file: string): Promise<Glossary> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readRegularSync(file, LARGEST));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8' : message;
    throw new XqgError('XQG_GLOSSARY', { file, problems: reason }, { cause });
  }
  return parseGlossary(text, file);
}

/**
 * @param file name of the file, for error messages
 * @throws XqgError XQG_GLOSSARY when the text has problems
 */
export function parseGlossary(text: string, file: string): Glossary {
  const [header, ...rows] = records(text, file);
  const problems: string[] = [];
  const add = (line: number, problem: string) => problems.push(`line ${line}: ${problem}`);
  if (header === undefined) throw fail(file, [`it is empty; it needs ${EXAMPLE}`]);
  const columns = header.values.map((name) => name.trim().toLowerCase());
  columns.forEach((name, c) => {
    if (!(name in LANGUAGES)) {
      add(
        header.line,
        `the column "${name}" is not a known language (known: ${Object.keys(LANGUAGES).join(' ')})`,
      );
    } else if (columns.indexOf(name) < c) add(header.line, `there are two columns "${name}"`);
  });
  if (columns.length < 2) add(header.line, `there is one column; it needs ${EXAMPLE}`);
  if (problems.length > 0) throw fail(file, problems);

  const lines = new Map<string, number>();
  const concepts: ConceptTerms[] = [];
  for (const { values, line } of rows) {
    const terms: Record<string, string[]> = {};
    columns.forEach((lang, c) => {
      for (const term of values[c].split('|').map((each) => each.normalize('NFC').trim())) {
        if (term === '') continue;
        const key = `${lang} ${termKey(term, lang)}`;
        const previous = lines.get(key);
        if (key === `${lang} `) add(line, `"${term}" (${lang}) contains no word`);
        else if (previous === line) continue;
        else if (previous !== undefined)
          add(line, `"${term}" (${lang}) is already in line ${previous}`);
        else {
          lines.set(key, line);
          terms[lang] = [...(terms[lang] ?? []), term];
        }
      }
    });
    if (Object.keys(terms).length < 2) add(line, 'a row needs terms in at least two languages');
    else concepts.push(terms);
  }
  if (problems.length > 0) throw fail(file, problems);
  if (concepts.length === 0) throw fail(file, ['it has no row below the header']);
  return new Glossary(concepts);
}

interface CsvRow {
  readonly values: readonly string[];
  /** The row's last line, from 1. */
  readonly line: number;
}

function records(text: string, file: string): CsvRow[] {
  try {
    const rows = parse(text, { bom: true, info: true, skip_empty_lines: true }) as unknown as {
      record: string[];
      info: Info;
    }[];
    return rows.map(({ record, info }) => ({ values: record, line: info.lines }));
  } catch (error) {
    const { message } = error as CsvError;
    throw fail(file, [message], error);
  }
}

function fail(file: string, problems: readonly string[], cause?: unknown): XqgError {
  const nOmitted = problems.length - MAX_PROBLEMS;
  const more = nOmitted > 0 ? `; and ${nOmitted} more` : '';
  return new XqgError(
    'XQG_GLOSSARY',
    { file, problems: problems.slice(0, MAX_PROBLEMS).join('; ') + more },
    cause === undefined ? {} : { cause },
  );
}
