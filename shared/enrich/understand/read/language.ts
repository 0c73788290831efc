import { FUNCTION_WORDS } from '../lexicon/function_words.ts'
import { remembered } from './memo.ts'

export type Language = 'en' | 'de' | 'fr' | 'es' | 'ja' | 'zh' | 'other'

const KNOWN: readonly Language[] = ['en', 'de', 'fr', 'es', 'ja', 'zh']

/** `de-AT` is German; a language without lexicons is `other` and read by grammar-free rules. */
export function languageOf(locale: string): Language {
  const base = locale.toLowerCase().split(/[-_]/)[0] as Language
  return KNOWN.includes(base) ? base : 'other'
}

const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u
const HAN = /\p{Script=Han}/u
const LATIN = /\p{Script=Latin}/u
const OTHER_LETTER =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thai}\p{Script=Hangul}\p{Script=Devanagari}]/u

/** Function words of each language: what tells Latin text apart in one sentence. */
const TELLING: ReadonlyArray<readonly [Language, ReadonlySet<string>]> = (['en', 'de', 'fr', 'es'] as const).map(
  (language) => [language, new Set<string>(FUNCTION_WORDS[language])] as const,
)

/** The language that a text is written in, as far as its script and function words tell; else the one expected. */
export function detectLanguage(text: string, expected: Language): Language {
  return text.length > REMEMBERED_CHARS ? detect(text, expected) : detectOnce(`${expected} ${text}`)
}

const REMEMBERED_CHARS = 200
const TEXTS_MAX = 4_000
const detectOnce = remembered(TEXTS_MAX, (key) => {
  const blank = key.indexOf(' ')
  return detect(key.slice(blank + 1), key.slice(0, blank) as Language)
})

function detect(text: string, expected: Language): Language {
  if (KANA.test(text)) return 'ja'
  if (HAN.test(text)) return expected === 'ja' || expected === 'zh' ? expected : 'zh'
  if (OTHER_LETTER.test(text)) return 'other'
  const words =
    text
      .toLowerCase()
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .replace(/ß/g, 'ss')
      .match(/\p{L}+/gu) ?? []
  let best: Language = expected
  let bestCount = 0
  for (const [language, telling] of TELLING) {
    const count = words.filter((word) => telling.has(word)).length + (language === expected ? 0.5 : 0)
    if (count > bestCount) [best, bestCount] = [language, count]
  }
  // A title of two nouns tells nothing: the shop's word counts.
  return bestCount < 1.5 ? (LATIN.test(text) && (expected === 'ja' || expected === 'zh') ? 'other' : expected) : best
}

/** False where a text is plainly not in a language: other script, or the function words of another one. */
export function mayBeIn(text: string, language: Language): boolean {
  // "500 ml" is written alike everywhere.
  const letters = [...text.replace(/\d\s*[A-Za-z°%]{1,3}(?![A-Za-z])/g, '')].filter((character) =>
    /\p{L}/u.test(character),
  )
  if (letters.length === 0) return true
  const cjk = letters.filter((letter) => KANA.test(letter) || HAN.test(letter)).length / letters.length
  if (language === 'ja') return KANA.test(text) || (cjk > 0.5 && letters.length <= 20)
  if (language === 'zh') return cjk > 0.3 && !KANA.test(text)
  if (language === 'other') return true
  if (cjk > 0 || OTHER_LETTER.test(text)) return false
  const found = detectLanguage(text, language)
  return found === language || found === 'other'
}
