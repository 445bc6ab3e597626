/**
 * Other ways to write a word that no rule can make one without mixing different words: umlauts as
 * two letters ("Poet" has none), and British and American English. Questions are searched in both.
 */

const UMLAUTS: readonly (readonly [two: RegExp, umlaut: string])[] = [
  [/ae/gu, 'ä'],
  [/oe/gu, 'ö'],
  [/(?<![aeäq])ue/gu, 'ü'],
];
const TWO_LETTERS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue' };

function german(word: string): string[] {
  const umlauts = UMLAUTS.reduce((form, [two, umlaut]) => form.replace(two, umlaut), word);
  return [umlauts, word.replace(/[äöü]/gu, (umlaut) => TWO_LETTERS[umlaut])];
}

/** Endings and beginnings that differ, British first; each holds in both directions. */
const ENGLISH: readonly (readonly [british: RegExp, american: RegExp, b: string, a: string])[] = [
  pair(
    '(?<=^(?:arm|behavi|cand|clam|col|demean|endeav|fav|flav|glam|harb|hon|hum|lab|neighb|od|parl|ran|rum|sav|splend|tum|val|vap|vig))',
    'our',
    'or',
    '(?!i[sz]|ous)',
  ),
  pair(
    '(?<=^(?:cent|lit|met|kilomet|centimet|millimet|theat|fib|calib|spect|sab|somb|meag|lust))',
    're',
    'er',
    '(?=s?$)',
  ),
  pair('(?<=...)', 'is', 'iz', '(?=e[drs]?$|ing$|ations?$|ational$)'),
  pair('(?<=(?:anal|paral|catal|hydrol))', 'ys', 'yz', '(?=e[drs]?$|ing$)'),
  pair('(?<=^(?:catal|dial|anal|monol|epil|prol))', 'ogue', 'og', '(?=s?$)'),
  pair('(?<=^(?:an|leuk|h|isch))', 'aem', 'em', ''),
  pair('(?<=^(?:an))', 'aesth', 'esth', ''),
  pair('(?<=^(?:p|orthop|encyclop))', 'aed', 'ed', ''),
  pair('^', 'oe', 'e', '(?=strogen|dema|sophag)'),
  pair('(?<=^(?:f))', 'oet', 'et', '(?=us|al)'),
  pair('(?<=^(?:arch))', 'aeo', 'eo', '(?=log)'),
  pair(
    '(?<=^(?:trave|cance|mode|labe|fue|signa|counse|marve|channe|leve|quarre|tota|dia))',
    'll',
    'l',
    '(?=ed$|ing$|er?s?$|ers$|or$)',
  ),
  pair('(?<=^(?:def|off|pret|lic))', 'enc', 'ens', '(?=es?$)'),
  ...words(
    'grey gray, tyre tire, programme program, aluminium aluminum, plough plow, mould mold, moustache mustache, sceptic skeptic, sceptical skeptical, pyjamas pajamas, kerb curb, storey story, jewellery jewelry, draught draft, whisky whiskey, cosy cozy, ageing aging, judgement judgment, enrol enroll, enrolment enrollment, fulfil fulfill, fulfilment fulfillment, skilful skillful, instalment installment, cheque check, gaol jail, artefact artifact, manoeuvre maneuver, sulphur sulfur, practise practice, speciality specialty, acknowledgement acknowledgment',
  ),
];

function pair(before: string, british: string, american: string, after: string) {
  return [
    new RegExp(`${before}${british}${after}`, 'u'),
    new RegExp(`${before}${american}${after}`, 'u'),
    british,
    american,
  ] as const;
}

function words(pairs: string) {
  return pairs.split(', ').map((each) => {
    const [british, american] = each.split(' ');
    return pair('^', british, american, '(?=s?$)');
  });
}

function english(word: string): string[] {
  return ENGLISH.flatMap(([isBritish, isAmerican, british, american]) => [
    word.replace(isBritish, american),
    word.replace(isAmerican, british),
  ]);
}

/** Countries differ in what carries a hamza within a word: شؤون, شئون */
function arabic(word: string): string[] {
  return [...'ؤئء'].map((hamza) => word.replace(/(?<=.)[ؤئء](?=.)/gu, hamza));
}

const ALTERNATIVES: Readonly<Record<string, (word: string) => string[]>> = {
  ar: arabic,
  de: german,
  en: english,
};

/** @param word as `Word.surface` has it */
export function alternatives(word: string, lang: string): string[] {
  return [...new Set(ALTERNATIVES[lang]?.(word))].filter((other) => other !== word);
}
