/**
 * How a failure is told: code, what happened, what to do, on stderr; with --json also as one JSON
 * document on stdout, in place of the result.
 */
import type { XqgError } from '../base/errors.js';
import * as report from '../base/errors.js';
import { errorColors as colors, harmless, harmlessJson } from './terminal.js';

export { isAbort } from '../base/errors.js';

/** A failure that is part of a result on stdout: it is told on stderr only. */
export class ToldFailure extends Error {
  constructor(readonly failure: XqgError) {
    super(failure.message, { cause: failure });
  }
}

/** What programs see of any thrown value. */
export function describeFailure(thrown: unknown): report.FailureReport {
  return report.describeFailure(thrown instanceof ToldFailure ? thrown.failure : thrown);
}

/** Tells people, and programs where they asked for JSON. The caller sets the exit code. */
export function tellFailure(thrown: unknown, json: boolean): void {
  const { error } = describeFailure(thrown);
  process.stderr.write(
    harmless(`${colors.red(colors.bold(error.code))} ${error.message}\n  ${error.remedy}\n`),
  );
  if (process.env.XQG_DEBUG && thrown instanceof Error)
    process.stderr.write(`${harmless(fullStack(thrown))}\n`);
  if (json && !(thrown instanceof ToldFailure))
    process.stdout.write(`${harmlessJson(describeFailure(thrown))}\n`);
}

function fullStack(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${fullStack(error.cause)}` : '';
  return `${error.stack}${cause}`;
}
