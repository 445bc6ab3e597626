/** Kana, word by word. What Asian scripts need before words are cut is in text.ts. */
import type { SpellingTable } from './table.js';

const HIRAGANA_OFFSET = 0x60;

export const KANA: SpellingTable = {
  languages: new Set(['ja']),
  letters: /[\u30a1-\u30f4ゐゑ]/u,
  rules: [
    // The sound v: ヴァイオリン, バイオリン
    [/ヴァ/gu, 'バ'],
    [/ヴィ/gu, 'ビ'],
    [/ヴェ/gu, 'ベ'],
    [/ヴォ/gu, 'ボ'],
    [/ヴ/gu, 'ブ'],
    // The stroke at the end of a longer word is left out in technical texts: サーバー, サーバ
    [/(?<=[\u30a1-\u30fa][\u30a1-\u30fc]{2,})ー$/gu, ''],
    // Katakana for emphasis, plants and animals: リンゴ, りんご
    [/[\u30a1-\u30f4]/gu, (kana) => String.fromCharCode(kana.charCodeAt(0) - HIRAGANA_OFFSET)],
    // Letters that fell together with others: ゐる, いる
    [/ゐ/gu, 'い'],
    [/ゑ/gu, 'え'],
  ],
};
