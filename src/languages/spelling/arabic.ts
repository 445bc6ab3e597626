/**
 * Arabic script. People leave out vowel signs and the hamza of an alef, stretch words, and type the
 * letters that their keyboard has: a Persian kaf and yeh, or a heh for a teh marbuta.
 */
import type { SpellingTable } from './table.js';

export const ARABIC: SpellingTable = {
  letters:
    /[\u0610-\u061a\u0640\u064b-\u065f\u0670-\u0673\u0675\u06a9-\u06af\u06be-\u06d3\u06d6-\u06ed\u08d3-\u08ffأإآى]/u,
  rules: [
    // Vowel signs, Koranic signs and the stretching tatweel: مُدَرِّس, مـدرس -> مدرس
    [
      /[\u0610-\u061a\u064b-\u065f\u0670\u0640\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff]/gu,
      '',
    ],
    // Alef with hamza, madda or wasla: أحمد, إحمد -> احمد
    [/[أإآٱٲٳٵ]/gu, 'ا'],
    // Yeh without dots, Persian yeh, yeh of Urdu and Pashto: على, علی -> علي
    [/[ىیېۍۑےێ]/gu, 'ي'],
    // Persian kaf and its forms: کتاب -> كتاب
    [/[کڪګ]/gu, 'ك'],
    // Forms of heh in Persian and Urdu.
    [/[ھہەۀۂ]/gu, 'ه'],
    [/[ۃ]/gu, 'ة'],
  ],
};
