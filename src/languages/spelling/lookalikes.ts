/** Letters of another script that look the same: a Latin "a" in a Cyrillic word. */

const LOOKALIKES = {
  Cyrillic: ['aceopxyi', 'асеорхуі'],
  Greek: ['aeiopvuxk', 'αειορνυχκ'],
} as const;

/** @returns the word in one script, if its letters of the other one all look like that script's */
export function unifyLookalikes(word: string): string {
  if (!MIXED.test(word)) return word;
  for (const script of ['Cyrillic', 'Greek'] as const) {
    const [latin, others] = LOOKALIKES[script];
    if (!new RegExp(`\\p{Script=${script}}`, 'u').test(word)) continue;
    const letters = [...word].filter((letter) => /\p{L}/u.test(letter));
    const inLatin = letters.filter((letter) => /\p{Script=Latin}/u.test(letter));
    const inOther = letters.filter((letter) => !/\p{Script=Latin}/u.test(letter));
    if (inLatin.length < inOther.length && inLatin.every((letter) => latin.includes(letter)))
      return mapped(word, latin, others);
    if (inOther.every((letter) => others.includes(letter))) return mapped(word, others, latin);
  }
  return word;
}

const MIXED =
  /\p{Script=Latin}.*[\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Greek}].*\p{Script=Latin}/su;

function mapped(word: string, from: string, to: string): string {
  return word.replace(/./gsu, (letter) => {
    const at = from.indexOf(letter);
    return at < 0 ? letter : to[at];
  });
}
