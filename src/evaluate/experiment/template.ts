/**
 * The commented experiment file that `xqg experiment init` writes. A test holds it and the schema
 * together.
 */
import { CONDITIONS } from './conditions/index.js';

const examples = CONDITIONS.map(({ example }) => example.replace(/^/gm, '  ')).join('\n');

export const TEMPLATE = `# An experiment of xqg: encoders x generators x conditions x data sets, one report.
#   xqg experiment run THIS_FILE
# The whole file is checked before anything runs. Paths are relative to this file.

# Names the results folder (.xqg/experiments/NAME).
name: my-experiment
# What the experiment asks, for the head of the report.
question: What does cross-lingual query generation add to zero-shot transfer?

# What is reported. set: xquad (paragraphs), xquad-r (sentences), mlqa-r, miracl, mr-tydi, beir or xor-tydi. settings: mono
# (question and passages in one language), cross (each pair of two languages), multi (one pool of all languages), to-english,
# from-english; beir and xor for the sets of those names (docs/experiments.md).
data:
  - set: xquad
    path: data/xquad
    settings: [to-english]
    # langs: [en, ar, th]          # default: every language that has a file

# The one hypothesis that is tested and corrected over all languages and encoders. Everything else is exploratory.
# Fix it before you look at anything.
primary:
  data: xquad
  setting: to-english
  metric: MRR
  baseline: dense
  system: dense+xqg
  correction: holm                 # or bonferroni

# static or static:PACK, e5, file:MANIFEST, hf:NAME, openai:MODEL, ./FOLDER; lexicon or lexicon:PACK, gloss, file:QUERIES. PACK is a
# name (base, full) or a folder.
encoders: [static]
generators: [lexicon]
# models:                          # how models among the encoders are opened
#   "openai:MODEL": { endpoint: endpoint.json, card: { normalize: true } }

# dense, lexical (BM25), hybrid. translation: true adds systems that translate the question by the same tables (+qt).
legs: [dense, lexical, hybrid]
translation: true

measures: MRR accuracy@1 R@10 nDCG@10

# Systems have the defaults of search. This also measures each with alpha and weights that are chosen on other data, as part of the
# run, under a name of its own: dense+xqg (tuned). Refused on data that shares questions with what is reported.
tune:
  on: mlqa-r
  path: data/mlqa-r
  half: all                        # tune, report or all: halves of the articles
  setting: to-english
  metric: MRR
  alpha: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
  dense-weight: [0.25, 0.5, 1, 2, 4]

# Default: that of search for the encoder.
# alpha: 0.4
# false: the dense leg without best sentences, and without centering by language (neural encoders).
# sentences: false
# centering: false

# Each is optional.
conditions:
  of: [dense+xqg]                  # the systems that are varied; default: that of the primary hypothesis
${examples}

# Permutations and bootstrap samples, their seed, and the confidence of intervals.
statistics: { samples: 10000, seed: 1, confidence: 0.95 }
# Passages a question in the TREC runs of the primary hypothesis; 0 writes none.
runs: { depth: 100 }
# Seed of drawn queries.
seed: 0
`;
