/** Devanagari, Bengali and Telugu: nasals, borrowed sounds, old and new orthography. */
import type { SpellingTable } from './table.js';

/** Hindi, and whatever else is written in Devanagari. */
export const DEVANAGARI: SpellingTable = {
  letters: /[\u093cऱऩऴँॉऑॅऍः]|[ङञणनम]्|य[ेी]/u,
  rules: [
    // The dot of borrowed sounds is often left out: ज़मीन, जमीन
    [/\u093c/gu, ''],
    [/ऱ/gu, 'र'],
    [/ऩ/gu, 'न'],
    [/ऴ/gu, 'ळ'],
    // A nasal before a consonant of its class is also written as a dot: हिन्दी, हिंदी
    [/ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])/gu, 'ं'],
    // Moon and dot: हँसना, हंसना
    [/ँ/gu, 'ं'],
    // The English o: डॉक्टर, डाक्टर; the English e: बॅंक, बेंक
    [/ॉ/gu, 'ा'],
    [/ऑ/gu, 'आ'],
    [/ॅ/gu, 'े'],
    [/ऍ/gu, 'ए'],
    // Forms of verbs and plurals: गये, गए; नयी, नई
    [/(?<=[\u0904-\u0914\u0915-\u0939\u093e-\u094c])ये(?=ं?$|गा|गी|गे)/gu, 'ए'],
    [/(?<=[\u0904-\u0914\u0915-\u0939\u093e-\u094c])यी(?=ं?$)/gu, 'ई'],
    // दुःख, दुख
    [/ः/gu, ''],
  ],
};

export const BENGALI: SpellingTable = {
  letters: /[ীূঈঊণঙঁঃৎৰ]|র্(.)্\1/u,
  rules: [
    // The reformed spelling has short vowels and n where the old one had long ones and retroflex n:
    // শ্রেণী, শ্রেণি; সরকারী, সরকারি; ইরাণ, ইরান
    [/ী/gu, 'ি'],
    [/ূ/gu, 'ু'],
    [/ঈ/gu, 'ই'],
    [/ঊ/gu, 'উ'],
    [/ণ/gu, 'ন'],
    // A consonant after r was doubled: কার্য্য, কার্য; ধর্ম্ম, ধর্ম
    [/(র্)(.)্\2/gu, '$1$2'],
    // বাঙলা, বাংলা; রঙ, রং
    [/ঙ্?/gu, 'ং'],
    // চাঁদ, চাদ
    [/ঁ/gu, ''],
    [/ঃ/gu, ''],
    // One sign for a t without a vowel: উৎসব, উত্সব
    [/ৎ/gu, 'ত্'],
    // The r of Assamese.
    [/ৰ/gu, 'র'],
  ],
};

export const TELUGU: SpellingTable = {
  letters: /[ఱౘౙ\u0c00\u0c01ః]|[ఙఞణనమ]్|ము$/u,
  rules: [
    // A nasal before a consonant of its class is mostly written as a circle: సమ్బన్ధం, సంబంధం
    [/ఙ్(?=[క-ఘ])|ఞ్(?=[చ-ఝ])|ణ్(?=[ట-ఢ])|న్(?=[త-ధ])|మ్(?=[ప-భ])/gu, 'ం'],
    // The ending of nouns in older texts: పుస్తకము, పుస్తకం
    [/(?<=..)(?:ము|మ్ము|మ్)$/gu, 'ం'],
    // Letters that fell together with others: గుఱ్ఱం, గుర్రం
    [/ఱ/gu, 'ర'],
    [/ౘ/gu, 'చ'],
    [/ౙ/gu, 'జ'],
    // The half circle, which is hardly written any more, and visarga.
    [/[\u0c00\u0c01ః]/gu, ''],
  ],
};
