import { normalizeText } from '../../base/text/normalize.ts'
import type { Language } from '../../enrich/understand/read/language.ts'
import { CHINESE } from './chinese.ts'
import { ENGLISH } from './english.ts'
import { FRENCH } from './french.ts'
import { GERMAN } from './german.ts'
import { JAPANESE } from './japanese.ts'
import { GROUPS_OF, type Group, LICENCES, type Licence, type Words } from './licence.ts'
import { SPANISH } from './spanish.ts'

/** A language's words, ready to be looked up. All of them folded as `normalizeText` folds. */
export interface Vocabulary {
  language: Language
  /** Words are not parted by blanks: what is left over has to be tiled by pieces. */
  joined: boolean
  licensed: Readonly<Record<Licence, ReadonlySet<string>>>
  /** The kind's own words alone: what shows that the fact was said. */
  own: Readonly<Record<Licence, ReadonlySet<string>>>
  groups: Readonly<Record<Group, ReadonlySet<string>>>
  causalWords: ReadonlySet<string>
  causal: ReadonlyArray<{ phrase: string; pattern: RegExp }>
  names: Readonly<Record<string, ReadonlySet<string>>>
  numbers: Readonly<Record<string, number>>
  than: RegExp
  was: RegExp
}

const WORDS: Partial<Readonly<Record<Language, Words>>> = {
  en: ENGLISH,
  de: GERMAN,
  fr: FRENCH,
  es: SPANISH,
  ja: JAPANESE,
  zh: CHINESE,
}

const setOf = (text: string) => new Set(text.split(/\s+/).filter(Boolean).map(normalizeText))
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const byLicence = <T>(make: (licence: Licence) => T) =>
  Object.fromEntries(LICENCES.map((one) => [one, make(one)])) as Record<Licence, T>

function compile(language: Language, words: Words): Vocabulary {
  const joined = language === 'ja' || language === 'zh'
  const groups = { item: setOf(words.item), you: setOf(words.you), crowd: setOf(words.crowd) }
  const glue = setOf(words.glue)
  const own = byLicence((one) => setOf(words.said[one]))
  const licensed = byLicence(
    (one) => new Set([...glue, ...own[one], ...GROUPS_OF[one].flatMap((name) => [...groups[name]])]),
  )
  const causal = words.causal.map(normalizeText).map((phrase) => ({
    phrase,
    pattern: new RegExp(joined ? escaped(phrase) : `(?<!\\p{L})${escaped(phrase)}(?!\\p{L})`, 'u'),
  }))
  return {
    language,
    joined,
    own,
    licensed,
    groups,
    causal,
    causalWords: new Set(causal.map(({ phrase }) => phrase).filter((phrase) => !phrase.includes(' '))),
    names: Object.fromEntries(Object.entries(words.names).map(([name, said]) => [name, setOf(said)])),
    numbers: words.numbers,
    than: words.than,
    was: words.was,
  }
}

const compiled = new Map<Language, Vocabulary>()

/** Null for a language in which no reason is told. Compiled at its first use: a shelf that tells none pays nothing. */
export function vocabularyOf(language: Language): Vocabulary | null {
  const words = WORDS[language]
  if (words === undefined) return null
  const known = compiled.get(language)
  if (known !== undefined) return known
  const own = compile(language, words)
  compiled.set(language, own)
  return own
}

/** Whether pieces laid end to end make the whole text: how words are told where no blanks part them. */
export function isTiled(text: string, pieces: readonly ReadonlySet<string>[]): boolean {
  const reached = new Uint8Array(text.length + 1)
  reached[0] = 1
  for (let at = 0; at < text.length; at++) {
    if (reached[at] === 0) continue
    for (let end = at + 1; end <= Math.min(text.length, at + PIECE_CHARS); end++)
      if (reached[end] === 0 && pieces.some((own) => own.has(text.slice(at, end)))) reached[end] = 1
  }
  return reached[text.length] === 1
}

/** The longest piece of any list. */
const PIECE_CHARS = 10
