/** `xqg evaluate xquad|xquad-r|mlqa-r|xor|beir|run`: the group of its subcommands. */
import type { Register } from '../command.js';
import { registerEvaluateBeir } from './evaluate-beir.js';
import { registerEvaluateRun } from './evaluate-run.js';
import { registerEvaluateMlqaR, registerEvaluateXquadR } from './evaluate-sentences.js';
import { registerEvaluateXor } from './evaluate-xor.js';
import { registerEvaluateXquad } from './evaluate-xquad.js';

export const registerEvaluate: Register = (parent, act) => {
  const evaluate = parent
    .command('evaluate')
    .description(
      'measure retrieval: on XQuAD, XQuAD-R, MLQA-R, XOR-TyDi, a BEIR folder, or a TREC run',
    );
  registerEvaluateXquad(evaluate, act);
  registerEvaluateXquadR(evaluate, act);
  registerEvaluateMlqaR(evaluate, act);
  registerEvaluateXor(evaluate, act);
  registerEvaluateBeir(evaluate, act);
  registerEvaluateRun(evaluate, act);
};
