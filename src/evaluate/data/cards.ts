/**
 * The catalog of data sets: where each is published, its license and its files. To add a data set,
 * add a card. Files without a hash get one recorded in the data folder on their first download.
 */
import { MLQA_R, type PublishedCounts, XQUAD_R } from './published-counts.js';

export interface DataFile {
  /** Relative to the data folder. */
  readonly path: string;
  readonly url: string;
  readonly lang: string;
  /** Hex; null if unknown. */
  readonly sha256: string | null;
  /** Size; null if unknown. */
  readonly bytes: number | null;
}

export interface DataCard {
  readonly name: string;
  /** Description in one line. */
  readonly what: string;
  /** Home page. */
  readonly home: string;
  /** SPDX identifier, or the license as its authors state it. */
  readonly license: string;
  /** `tuning`: parameters may be chosen on it. `reporting`: only final figures are measured. */
  readonly use: 'tuning' | 'reporting';
  readonly files: readonly DataFile[];
  /** Published numbers of passages and questions by language; null if unknown. */
  readonly counts: PublishedCounts | null;
}

/** sha256 and size of a file by language. */
type FileHashes = Readonly<Record<string, readonly [sha256: string, bytes: number]>>;

/** Names of the languages in the published folders of Mr. TyDi. */
export const MR_TYDI_NAMES: Readonly<Record<string, string>> = {
  ar: 'arabic',
  bn: 'bengali',
  en: 'english',
  fi: 'finnish',
  id: 'indonesian',
  ja: 'japanese',
  ko: 'korean',
  ru: 'russian',
  sw: 'swahili',
  te: 'telugu',
  th: 'thai',
};

const XQUAD_FILES: FileHashes = {
  ar: ['abdabd7afed5c635d99cca0f3f0d0c9d9ed0bc77451e963c2e4e0638c29e486d', 1582988],
  de: ['990b5d746746ed65ed4702ea5f35f99ffa4e2f1c390c07d003642acd937916f9', 669810],
  el: ['821cf0f88e73fa258fd2f548b19b6ec39f7025059e16f6f9fc8cd797c9c3663e', 1918889],
  en: ['e4c57d1c9143aaa1c5d265ba5987a65f4e69528d2a98f29d6e75019b10344f29', 609383],
  es: ['dcbae93ec3a9f4b9e78fd834a171d6f96c1a875e10e15b7530b7e4ef4971e37e', 684322],
  hi: ['df2cce3532b37e9beb8979704b5c9a4bf874358f105395a298b89427b43b9d24', 1680538],
  ru: ['208d5b1aa154c52b1b5c5eda16281e455e8fd198cdb9af3f469f0d6037d973bf', 1896368],
  th: ['5cdda11d0e1e075f7872abf4e6ae830388ce7f617964d542308e9ae4257e0f43', 1809143],
  tr: ['92179a564774b7696100d144c1e10870d0a966b6fccbdd254a65b9d2ab1971cc', 729506],
  vi: ['f619a1eb11fb42d3ab0834259e488a65f585447ef6154437bfb7199d85161a04', 911401],
  zh: ['691d0b3359bc6b8faa8de931dfdfe21d50a65861ae348e32a0d1a0190b0c8835', 808652],
};

const XQUAD_R_FILES: FileHashes = {
  ar: ['c52922d3b8ac1ae03ed5ac38647ad59870dca3dda2beefe18ecdc30729acb69d', 2234875],
  de: ['16fb0f4bf4916154b585a20c24c66074591c9718a1affe764ff4697572328949', 732156],
  el: ['163fd43ee785a30eb534ae2061e9eaa766a7ee4e8ffce5e4b422480c150f64b6', 2810127],
  en: ['7b0954f39297c27a31fef610f0883337dd2907fa8699151dc922afdd0fa12ffe', 628651],
  es: ['f8e836b2d91009c4363e04315f7ede363eedbbb49c67dda60de6c4aa782f58de', 746335],
  hi: ['ea45ba8ae4513d1533b222bebdc02a90bc319c055d3aeea68584a053d2e92872', 2408404],
  ru: ['7f4dff853538b9a5fcc28c070b8bb983a5c5d190ac747b8e005a1ada9cab18f1', 2764904],
  th: ['c3a041864c3a9fb0b4dd91cfdf99cf36b411b3e704c58a303c97bc6dc786cfe4', 2618544],
  tr: ['f3e8c13002bbce154a4578f535f7533cb70f3da08840e6b62735935baec7bd94', 827827],
  vi: ['e35926bf5cc6fc6ecbdfca49467aabeb454f08d152d7818143a906bd31dde995', 1132303],
  zh: ['80c2cde7b9c2fb134c303cbb52f2ba396ead9eb0014aec43993543d2ba9e93ed', 959291],
};

const MLQA_R_FILES: FileHashes = {
  ar: ['2132fbc03208535c0fe01f2e2c5121d06f9c2aa799af93b0a719dbc105bdf137', 3329081],
  de: ['ce9454dc5aa6f2d85c23cd6e49cb367fbb7c4c6e62d7f71e355c6b5dae4d0886', 887185],
  en: ['fedd9a5cc0848dda80caf84aa36f482adaae230526a3f6e9e86926a93ef3b1e4', 2251129],
  es: ['70ecba276b8c96a692b120693a595d076ce94ad21d4b28311538a9fcbfe0f9d7', 819818],
  hi: ['4dd0fb3c06f737a5481d705bc1dcac7876712a5815c9265908fbb3a0696cb654', 3179023],
  vi: ['9d3baff6ba03e6793b25594217265ea59a136b9733833dca8a9582a84a78ff85', 1807239],
  zh: ['57f01d2fff50cf3392805635b01445339f225ad5bf28ba8443b12f8dbd1e69dc', 1360698],
};

/** Number of files of MIRACL's corpus by language; each has 500,000 passages. */
const MIRACL_PARTS: Readonly<Record<string, number>> = {
  ar: 5,
  bn: 1,
  de: 32,
  en: 66,
  es: 21,
  fa: 5,
  fi: 4,
  fr: 30,
  hi: 2,
  id: 3,
  ja: 14,
  ko: 3,
  ru: 20,
  sw: 1,
  te: 2,
  th: 2,
  yo: 1,
  zh: 10,
};

const LAREQA = 'https://github.com/google-research-datasets/lareqa';
const HUGGING_FACE = 'https://huggingface.co/datasets';

/** Files whose hash and size are known. */
function verifiedFiles(
  files: FileHashes,
  pathOf: (lang: string) => string,
  urlOf: (lang: string) => string,
): DataFile[] {
  return Object.entries(files).map(([lang, [sha256, bytes]]) => ({
    path: pathOf(lang),
    url: urlOf(lang),
    lang,
    sha256,
    bytes,
  }));
}

const unverifiedFile = (lang: string, path: string, url: string): DataFile => ({
  path,
  url,
  lang,
  sha256: null,
  bytes: null,
});

function miraclFiles(lang: string, parts: number): DataFile[] {
  const set = `miracl-v1.0-${lang}`;
  const questions = [`${set}/topics/topics.${set}-dev.tsv`, `${set}/qrels/qrels.${set}-dev.tsv`];
  const corpus = Array.from(
    { length: parts },
    (_, i) => `miracl-corpus-v1.0-${lang}/docs-${i}.jsonl.gz`,
  );
  return [
    ...questions.map((file) =>
      unverifiedFile(lang, `miracl/${file}`, `${HUGGING_FACE}/miracl/miracl/resolve/main/${file}`),
    ),
    ...corpus.map((file) =>
      unverifiedFile(
        lang,
        `miracl/${file}`,
        `${HUGGING_FACE}/miracl/miracl-corpus/resolve/main/${file}`,
      ),
    ),
  ];
}

function mrTydiFiles(lang: string, language: string): DataFile[] {
  const set = `mrtydi-v1.1-${language}`;
  const questions = [
    `${set}/ir-format-data/topics.test.txt`,
    `${set}/ir-format-data/qrels.test.txt`,
  ];
  const corpus = `${set}/corpus.jsonl.gz`;
  return [
    ...questions.map((file) =>
      unverifiedFile(
        lang,
        `mr-tydi/${file}`,
        `${HUGGING_FACE}/castorini/mr-tydi/resolve/main/${file}`,
      ),
    ),
    unverifiedFile(
      lang,
      `mr-tydi/${corpus}`,
      `${HUGGING_FACE}/castorini/mr-tydi-corpus/resolve/main/${corpus}`,
    ),
  ];
}

export const CARDS: readonly DataCard[] = [
  {
    name: 'xquad',
    what: '240 paragraphs and 1,190 questions, the same in 11 languages',
    home: 'https://github.com/google-deepmind/xquad',
    license: 'CC-BY-SA-4.0',
    use: 'reporting',
    files: verifiedFiles(
      XQUAD_FILES,
      (lang) => `xquad/xquad.${lang}.json`,
      (lang) => `https://raw.githubusercontent.com/google-deepmind/xquad/master/xquad.${lang}.json`,
    ),
    counts: Object.fromEntries(Object.keys(XQUAD_FILES).map((lang) => [lang, [240, 1190]])),
  },
  {
    name: 'xquad-r',
    what: "XQuAD's paragraphs as sentences (LAReQA)",
    home: LAREQA,
    license: 'CC-BY-SA-4.0',
    use: 'reporting',
    files: verifiedFiles(
      XQUAD_R_FILES,
      (lang) => `xquad-r/${lang}.json`,
      (lang) =>
        `https://raw.githubusercontent.com/google-research-datasets/lareqa/master/xquad-r/${lang}.json`,
    ),
    counts: XQUAD_R,
  },
  {
    name: 'mlqa-r',
    what: "MLQA's development set as sentences (LAReQA), 7 languages, partly parallel",
    home: LAREQA,
    license: 'CC-BY-NC-4.0',
    use: 'tuning',
    files: verifiedFiles(
      MLQA_R_FILES,
      (lang) => `mlqa-r/${lang}.json`,
      (lang) =>
        `https://raw.githubusercontent.com/google-research-datasets/lareqa/master/mlqa-dev-r/${lang}.json`,
    ),
    counts: MLQA_R,
  },
  {
    name: 'xor-tydi',
    what: 'questions of XOR-Retrieve in 7 languages, without its 18 million English passages',
    home: 'https://nlp.cs.washington.edu/xorqa/',
    license: 'MIT',
    use: 'reporting',
    files: [
      unverifiedFile(
        'mixed',
        'xor-tydi/xor_dev_retrieve_eng_span_v1_1.jsonl',
        'https://nlp.cs.washington.edu/xorqa/XORQA_site/data/xor_dev_retrieve_eng_span_v1_1.jsonl',
      ),
    ],
    counts: null,
  },
  {
    name: 'miracl',
    what: "development questions about one language's Wikipedia, 18 languages",
    home: 'https://project-miracl.github.io',
    license: 'Apache-2.0',
    use: 'reporting',
    files: Object.entries(MIRACL_PARTS).flatMap(([lang, parts]) => miraclFiles(lang, parts)),
    counts: null,
  },
  {
    name: 'mr-tydi',
    what: "test questions about one language's Wikipedia, 11 languages",
    home: 'https://github.com/castorini/mr.tydi',
    license: 'Apache-2.0',
    use: 'reporting',
    files: Object.entries(MR_TYDI_NAMES).flatMap(([lang, language]) => mrTydiFiles(lang, language)),
    counts: null,
  },
];
