import { splitScripts } from '../base/text/cjk.ts'
import { normalizeText } from '../base/text/normalize.ts'
import { tokenize } from '../base/text/tokenize.ts'

/** Words of a title that are read; what follows is data, and time. */
const WORDS = 24
const WORD = /[\p{L}\p{N}\p{M}]+/gu
/** Titles that an isolate remembers, of all its shops. The same few hundred lead a shop's lists. */
const TITLES_KEPT = 4_000

/** Distinct search tokens of a title: stems, and words of CJK runs. */
export const titleTerms = remembered((title) => [...new Set(tokenize(title))].slice(0, WORDS))

/** Words of a title; of a CJK run its character bigrams, since a dictionary would cost more than a whole selection. */
export const titleWords = remembered((title) => {
  const words: string[] = []
  splitScripts(
    normalizeText(title),
    (run) => {
      const characters = Array.from(run)
      if (characters.length === 1) words.push(run)
      for (let at = 1; at < characters.length; at++) words.push(characters[at - 1]! + characters[at]!)
    },
    (between) => {
      for (const [word] of between.matchAll(WORD)) words.push(word)
    },
  )
  return words.slice(0, WORDS)
})

function remembered(read: (title: string) => readonly string[]): (title: string) => readonly string[] {
  const kept = new Map<string, readonly string[]>()
  return (title) => {
    let words = kept.get(title)
    if (words === undefined) {
      words = read(title)
      // Beginning anew now and then costs less than an order of use kept at every look.
      if (kept.size >= TITLES_KEPT) kept.clear()
      kept.set(title, words)
    }
    return words
  }
}
