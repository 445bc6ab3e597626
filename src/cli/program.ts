/** The command line as a whole: its commands and what they share. */

import { Command, CommanderError } from 'commander';
import { XqgError } from '../base/errors.js';
import { version } from '../base/version.js';
import { createContext, type Register, type Work } from './command.js';
import { registerAnn } from './commands/ann.js';
import { registerBench } from './commands/bench.js';
import { registerCopy } from './commands/copy.js';
import { registerData } from './commands/data.js';
import { registerDoctor } from './commands/doctor.js';
import { registerEvaluate } from './commands/evaluate.js';
import { registerExpand } from './commands/expand.js';
import { registerExperiment } from './commands/experiment.js';
import { registerExplain } from './commands/explain.js';
import { registerIndex } from './commands/index.js';
import { registerKeys } from './commands/keys.js';
import { registerMcp } from './commands/mcp.js';
import { registerModels } from './commands/models.js';
import { registerPack } from './commands/pack.js';
import { registerPlan } from './commands/plan.js';
import { registerQueries } from './commands/queries.js';
import { registerRemove } from './commands/remove.js';
import { registerReproduce } from './commands/reproduce.js';
import { registerSearch } from './commands/search.js';
import { registerServe } from './commands/serve.js';
import { registerStatus } from './commands/status.js';
import { registerTrust } from './commands/trust.js';
import { registerWorker } from './commands/worker.js';

const COMMANDS: readonly Register[] = [
  registerIndex,
  registerRemove,
  registerSearch,
  registerExpand,
  registerExplain,
  registerQueries,
  registerStatus,
  registerCopy,
  registerWorker,
  registerAnn,
  registerDoctor,
  registerPlan,
  registerEvaluate,
  registerServe,
  registerMcp,
  registerKeys,
  registerData,
  registerExperiment,
  registerReproduce,
  registerPack,
  registerModels,
  registerTrust,
  registerBench,
];

/**
 * @param signal aborted by Ctrl-C; every command gets it
 * @returns a program that throws instead of leaving the process
 */
export function createProgram(signal: AbortSignal): Command {
  const program = new Command('xqg')
    .description(
      'Cross-lingual retrieval with query generation: ask in your language, find the passage in another.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .addHelpText(
      'after',
      '\nStart with: xqg index FOLDER --index DIR, then xqg search "your question" --index DIR',
    );
  const act =
    (work: Work) =>
    async (...parameters: unknown[]) => {
      const command = parameters.at(-1) as Command;
      const options = command.opts();
      const context = createContext(options.json === true, signal);
      await work(context, options, ...parameters.slice(0, -2));
    };
  for (const register of COMMANDS) register(program, act);
  return program;
}

/**
 * Parses and runs one call.
 * @param words the arguments after `xqg`
 * @throws XqgError, of the command or XQG_USAGE
 */
export async function runProgram(words: readonly string[], signal: AbortSignal): Promise<void> {
  const program = createProgram(signal);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return;
    const problem =
      thrown.code === 'commander.help'
        ? 'A command is missing.'
        : thrown.message.replace(/^error: /, '').replace(/\n\(?/, ' (');
    throw new XqgError(
      'XQG_USAGE',
      { problem, command: namedCommand(program, words) },
      { cause: thrown },
    );
  }
}

/** The command that the words name, as far as they name one: "xqg evaluate beir". */
function namedCommand(program: Command, words: readonly string[]): string {
  const names = ['xqg'];
  let at: Command = program;
  for (const word of words) {
    const next = at.commands.find((command) => command.name() === word);
    if (!next) break;
    names.push(word);
    at = next;
  }
  return names.join(' ');
}
