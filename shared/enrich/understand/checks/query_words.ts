import type { Kind } from '../lexicon/entry.ts'
import { FUNCTION_WORDS } from '../lexicon/function_words.ts'
import { CONCEPTS } from '../lexicon/lexicon.ts'
import { SHOPPING_WORDS } from '../lexicon/shopping.ts'
import { SYNONYMS } from '../lexicon/synonyms.ts'
import { COMMON_STARTS, HARMLESS_WORDS, SUITABILITY } from '../lexicon/words.ts'
import type { Language } from '../read/language.ts'
import { foldWord, stemIn } from '../read/stems.ts'
import type { Reason, Scope } from './scope.ts'
import { contentOf } from './words.ts'

/** Kinds of concepts that any item may be searched by; of the others only what was found stated of this one counts. */
const FREE = new Set<Kind>(['style', 'pattern', 'occasion', 'room', 'season', 'feature'])

const known = new Map<string, ReadonlySet<string>>()
const knownRuns: string[] = []

/** Stems of words that shoppers type of any item: kinds of goods, occasions, rooms, styles, everyday words. */
function knownIn(language: Language): ReadonlySet<string> {
  const own = language === 'de' ? 'de' : 'en'
  const held = known.get(own)
  if (held !== undefined) return held
  const words = [
    ...SHOPPING_WORDS[own],
    ...FUNCTION_WORDS[own],
    ...HARMLESS_WORDS[own],
    ...SUITABILITY[own],
    ...(own === 'en' ? COMMON_STARTS : []),
    ...SYNONYMS[own].flatMap((line) => line.split(/[|,\s]/)),
    ...CONCEPTS.flatMap((concept) =>
      FREE.has(concept.kind) ? concept.terms[own].flatMap((term) => term.split(/[\s-]/)) : [],
    ),
  ]
  const stems = new Set(words.map((word) => stemIn(own, foldWord(word))))
  known.set(own, stems)
  return stems
}

function isKnownRun(text: string): boolean {
  if (knownRuns.length === 0)
    knownRuns.push(
      ...[...SYNONYMS.ja, ...SYNONYMS.zh].flatMap((line) => line.split(/[|,]/)),
      ...CONCEPTS.flatMap((concept) => (FREE.has(concept.kind) ? [...concept.terms.ja, ...concept.terms.zh] : [])),
      ...'贈り物 ギフト プレゼント おしゃれ かわいい 人気 家庭用 業務用 初心者 禮物 礼物 送禮 送礼 家用 推薦 好用'.split(
        ' ',
      ),
    )
  return knownRuns.some((run) => run === text || (text.length > 1 && run.includes(text)))
}

/** A word that neither the item's facts nor any lexicon knows may be anybody's brand: no item is found by it. */
export function checkQueryWords(scope: Scope): Reason | null {
  const { claim, source, off } = scope
  if (off.has('names')) return null
  const stems = knownIn(claim.reading.language)
  const settled = new Set(
    claim.mentions.flatMap((one) =>
      Array.from({ length: one.to - one.from }, (_, k) => claim.reading.tokens[one.from + k]),
    ),
  )
  for (const { token } of contentOf(scope)) {
    if (settled.has(token)) continue
    const isKnown =
      token.kind === 'cjk'
        ? source.units.some((unit) => unit.reading.text.includes(token.text)) || isKnownRun(token.text)
        : stems.has(token.stem) || source.words.has(token.stem) || source.words.has(token.folded)
    if (!isKnown) return 'brand'
  }
  return null
}
