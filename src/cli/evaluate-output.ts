/** What the evaluating commands share in telling their results. */
import { writeFile } from 'node:fs/promises';
import type { EvaluationResult } from '../evaluate/report/results.js';
import type { CommandContext } from './command.js';

export const JSON_OPTION = 'print JSON; with a file, write it there and print tables';

/** The command as it was typed, for what says what made a result. */
export function commandLine(): string {
  const words = process.argv
    .slice(2)
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)));
  return ['xqg', ...words].join(' ');
}

/**
 * Prints JSON or tables, writes the file of `--json FILE`, and says the notes.
 * @param metrics the metrics that people see; all if absent
 */
export async function tellResult(
  context: CommandContext,
  options: unknown,
  result: EvaluationResult,
  metrics?: readonly string[],
): Promise<void> {
  const { json } = options as { json?: string | true };
  if (typeof json === 'string') await writeFile(json, `${JSON.stringify(result, null, 1)}\n`);
  for (const note of result.notes) context.say(note);
  if (context.json) return context.printJson(result);
  const { formatTables } = await import('../evaluate/report/text-tables.js');
  context.print(formatTables(result.results, { metrics }).trimEnd());
}
