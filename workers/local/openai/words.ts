import type { Lang } from './claims.ts'
import { COLOURS, MATERIALS, PLACES, SUBSTANCES } from './lexicon.ts'

/** With a capital letter, except a name that has its own inside: `iPhone`. */
export const capital = (text: string): string =>
  /^\p{Ll}\p{Lu}/u.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)

/** `a, b and c`, as each language joins. */
export function listed(values: readonly string[], lang: Lang): string {
  if (lang === 'ja' || lang === 'zh') return values.join('、')
  const and = lang === 'de' ? ' und ' : ' and '
  return values.length < 2 ? (values[0] ?? '') : values.slice(0, -1).join(', ') + and + values.at(-1)
}

/** The word for a thing of the lexicon in another language; itself where it stands in none. */
export function translated(word: string, lang: Lang): string {
  const lower = word.toLowerCase()
  for (const table of [MATERIALS, COLOURS, SUBSTANCES, PLACES]) {
    const row = table.find((own) => Object.values(own).some((value) => value.toLowerCase() === lower))
    if (row !== undefined) return row[lang]
  }
  return word
}

export const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Any of the words as one alternative of a pattern, longest first. */
export const anyOf = (words: readonly string[]): string =>
  `(?:${[...new Set(words)]
    .sort((a, b) => b.length - a.length)
    .map(escaped)
    .join('|')})`

export const sentencesOf = (text: string): string[] =>
  (text.match(/[^.!?。！？\n]+(?:\.(?=\d)[^.!?。！？\n]*)*[.!?。！？]*/gu) ?? [])
    .map((one) => one.trim())
    .filter((one) => one.length > 3)
