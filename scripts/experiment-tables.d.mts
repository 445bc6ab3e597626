export function answerTable(results: unknown): string;
export function sentenceTables(
  set: string,
  experiments: readonly unknown[],
  published: readonly unknown[],
): string;
export function conditionTable(results: unknown, condition: string, setting: string): string;
export function feedbackTable(results: unknown, setting: string): string;
export function evaluationTable(evaluation: unknown): string;
export function summaryTable(evaluation: unknown): string;
export function encoderTable(
  evaluations: readonly (readonly [label: string, evaluation: unknown])[],
): string;
