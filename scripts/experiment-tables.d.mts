export function between(text: string, name: string, content: string): string;
export function answerTable(results: unknown): string;
export function sentenceTables(
  set: string,
  experiments: readonly unknown[],
  published: readonly unknown[],
): string;
export function conditionTable(results: unknown, condition: string, setting: string): string;
export function feedbackTable(results: unknown, setting: string): string;
