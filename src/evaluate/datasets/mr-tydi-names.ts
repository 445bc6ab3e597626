/** What the published folders of Mr. TyDi call its languages. */

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
