/**
 * Source code: the text as it is, which passages cut at empty lines. Its language is that of its
 * comments and strings; English where there are few of them, as identifiers are.
 */
import { basename } from 'node:path';
import { decodeWhole } from '../../base/text-file.js';
import { detectLanguage } from '../../languages/detect.js';
import { byTextExtension, type CorpusReader, encodingNote } from '../reader.js';

const extensions = (
  '.ts .tsx .mts .cts .js .jsx .mjs .cjs .vue .svelte .astro .py .pyi .java .kt .kts .scala .groovy .gradle ' +
  '.go .rs .c .h .cc .cpp .cxx .hh .hpp .m .mm .cs .fs .vb .swift .dart .rb .php .pl .pm .lua .r .jl .sh ' +
  '.bash .zsh .fish .ps1 .bat .sql .ex .exs .erl .hs .ml .mli .clj .cljs .lisp .el .nim .zig .sol .asm ' +
  '.proto .graphql .yaml .yml .toml .cmake .mk'
).split(' ');
const matchesExtension = byTextExtension(...extensions);
const NAMES =
  /^(?:Makefile|Dockerfile|Containerfile|Jenkinsfile|Rakefile|Gemfile|CMakeLists\.txt)$/;

/** Locks of packages, and what programs write for programs. */
const GENERATED_NAME = /[.-](?:lock|min)\.\w+$/i;
/** In UTF-16 code units. Nobody writes longer lines by hand, but in data. */
const LONGEST_LINE = 5000;

const COMMENTS_AND_STRINGS =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|^[ \t]*#[^\n]*|--[^\n]*|("""|''')[\s\S]*?\1|"[^"\n]{12,}"|'[^'\n]{12,}'|`[^`]{12,}`/gm;
const SAMPLE = 1000;
/** Fewer letters say little. */
const LEAST_LETTERS = 40;

export const codeReader: CorpusReader = {
  name: 'source code',
  extensions,
  matches: (path) =>
    (matchesExtension(path) && !GENERATED_NAME.test(path)) || NAMES.test(basename(path)),
  sniff: (head) =>
    !head.includes('\0') && head.split('\n').every((line) => line.length <= LONGEST_LINE),
  async *read({ path, id, source }, { onNote } = {}) {
    const text = await decodeWhole(path, undefined, encodingNote(path, onNote));
    yield {
      id,
      source,
      path,
      title: basename(path),
      lang: await languageOf(text),
      metadata: {},
      blocks: [{ headings: [], text: text.replaceAll('\r\n', '\n') }],
    };
  },
};

async function languageOf(code: string): Promise<string> {
  let sample = '';
  for (const [part] of code.matchAll(COMMENTS_AND_STRINGS)) {
    if (!/\p{L}.*\s.*\p{L}|[^ -~\s]/su.test(part)) continue;
    sample += `${part.replace(/^\P{L}+|@\w+|https?:\S+/gu, ' ')}\n`;
    if (sample.length >= SAMPLE) break;
  }
  if ((sample.match(/\p{L}/gu)?.length ?? 0) < LEAST_LETTERS) return 'en';
  const { lang } = await detectLanguage(sample.slice(0, SAMPLE));
  return lang === 'und' ? 'en' : lang;
}
