import { de } from './de.ts'
import { en, type Word, type Words } from './en.ts'
import { ja } from './ja.ts'
import { zh } from './zh.ts'

export const WORDS = { en, de, ja, zh } satisfies Record<string, Words>

export type Say = (word: Word, blanks?: Record<string, string | number>) => string

/** The page's words in the language of a locale; English where there is none. */
export function wordsFor(locale: string): Say {
  const language = locale.split('-', 1)[0]!
  const table: Words = Object.hasOwn(WORDS, language) ? WORDS[language as keyof typeof WORDS] : en
  return (word, blanks = {}) => table[word].replace(/\{(\w+)\}/g, (_, name: string) => String(blanks[name] ?? ''))
}
