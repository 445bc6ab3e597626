/**
 * The experiments that ship with xqg: what `xqg evaluate NAME` measures. Each is an experiment file
 * with every parameter at the defaults of search; its data is the folder that the command names.
 */
import { SYSTEMS } from './systems.js';

const ALL_SYSTEMS = SYSTEMS.map(({ name }) => JSON.stringify(name)).join(', ');
const EACH_LEG = '[dense, dense+xqg, bm25, bm25+xqg, hybrid, hybrid+xqg]';
const SENTENCES = `
primary: { data: SET, setting: multi, metric: mAP, baseline: dense, system: dense+xqg }
systems: ${EACH_LEG}
measures: mAP mAP@20 R@1 R@10 MRR rank-distance
conditions: { question-language: [given] }
runs: { depth: 0 }
`;

export const PRESETS = {
  xquad: `name: xquad
question: What do all systems find among the 240 paragraphs of a language?
data: [{ set: xquad, path: ., settings: [mono, to-english, from-english] }]
primary: { data: xquad, setting: to-english, metric: MRR, baseline: dense, system: dense+xqg }
systems: [${ALL_SYSTEMS}]
conditions: { question-language: [given, detected] }
runs: { depth: 0 }
`,
  'xquad-r': `name: xquad-r
question: What do systems find among the sentences of a language, of another, and of all?
data: [{ set: xquad-r, path: ., settings: [mono, cross, multi] }]
${SENTENCES.replace('SET', 'xquad-r')}`,
  'mlqa-r': `name: mlqa-r
question: The same on MLQA-R, whose questions are only partly parallel.
data: [{ set: mlqa-r, path: ., settings: [mono, cross, multi] }]
${SENTENCES.replace('SET', 'mlqa-r')}`,
  beir: `name: beir
question: What do all systems find in a collection?
data: [{ set: beir, path: ., settings: [beir] }]
primary: { data: beir, setting: beir, metric: MRR, baseline: dense, system: dense+xqg }
systems: [${ALL_SYSTEMS}]
conditions: { question-language: [given, detected] }
runs: { depth: 0 }
`,
} as const;

export type PresetName = keyof typeof PRESETS;
