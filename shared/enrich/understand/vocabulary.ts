import type { ItemFacts } from '../../domain/enrichment.ts'
import { ATTRIBUTE_NAMES, conceptsOfKind, kindOfName, nameOfKind, termOf } from './attribute_names.ts'
import { ancestors } from './lexicon/lexicon.ts'
import { languageOf } from './read/language.ts'
import { nameWords, sourceOf } from './read/source.ts'
import { isSelfPromotion } from './self_promotion.ts'

/** A model's attention and a provider's limit on enums; the most frequent come first. */
export const VOCABULARY_NAMES_MAX = 15
export const VOCABULARY_VALUES_MAX = 40
/** More distinct values than this over a category are names or numbers, not a property to filter by. */
const SHOP_VALUES_MAX = 60
/** A shop's own bookkeeping. */
export const BOOKKEEPING = /visib|affinity|\bids?\b|sku|status|url|barcode|gtin|ean|mpn|actors?|director/i
/** A value longer than this is a sentence. */
const VALUE_CHARS_MAX = 40

/**
 * The closed vocabulary of one category: the shop's own attributes with few distinct values, then the built-in ones
 * (colour, material, style ...) with the lexicon's values that the items' text names, in the language of most items.
 * Deterministic in the order of the items; a built-in one that the shop has under its own name is merged into that.
 */
export function vocabularyFor(items: Iterable<ItemFacts>): Record<string, string[]> {
  const reader = createVocabularyReader()
  for (const facts of items) reader.add(facts)
  return reader.words()
}

/** The same item by item: reading one takes milliseconds, and nothing of it is held but counts. */
export interface VocabularyReader {
  add(facts: ItemFacts): void
  words(): Record<string, string[]>
}

export function createVocabularyReader(): VocabularyReader {
  const own = new Map<string, Map<string, number>>()
  const built = new Map<string, Map<string, number>>()
  const languages = new Map<string, number>()
  const add = (facts: ItemFacts): void => {
    const language = languageOf(facts.locale)
    count(languages, language)
    for (const [name, value] of [...Object.entries(facts.attributes), ...Object.entries(facts.options)]) {
      if (BOOKKEEPING.test(nameWords(name))) continue
      for (const one of [value].flat()) if (isWord(one)) countSpelling(held(own, name), one)
    }
    const seen = new Set<string>()
    for (const unit of sourceOf(facts).units) {
      if (unit.language !== language) continue
      for (const mention of unit.mentions) {
        if (
          mention.polarity !== 1 ||
          mention.part !== null ||
          mention.other ||
          !ATTRIBUTE_NAMES.some(([kind]) => kind === mention.kind)
        )
          continue
        for (const id of ancestors(mention.kind, mention.id)) seen.add(`${mention.kind}:${id}`)
      }
    }
    for (const key of seen) count(held(built, key.slice(0, key.indexOf(':'))), key.slice(key.indexOf(':') + 1))
  }
  return { add, words: () => merge(own, built, languageOf(byCount(languages)[0] ?? 'en')) }
}

function merge(
  own: Map<string, Map<string, number>>,
  built: Map<string, Map<string, number>>,
  language: ReturnType<typeof languageOf>,
): Record<string, string[]> {
  const vocabulary: Record<string, string[]> = {}
  const weigh = (values: Map<string, number>) => [...values.values()].reduce((sum, times) => sum + times, 0)
  const names = [...own]
    .filter(([, values]) => values.size <= SHOP_VALUES_MAX)
    .sort((a, b) => weigh(b[1]) - weigh(a[1]))
  for (const [name, values] of names) {
    if (Object.keys(vocabulary).length < VOCABULARY_NAMES_MAX)
      vocabulary[name] = byCount(values).slice(0, VOCABULARY_VALUES_MAX)
  }
  for (const [kind] of ATTRIBUTE_NAMES) {
    const known = new Set(conceptsOfKind(kind).map((concept) => concept.id))
    const terms = byCount(built.get(kind) ?? new Map())
      .filter((id) => known.has(id))
      .flatMap((id) => termOf(kind, id, language) ?? [])
    if (terms.length === 0) continue
    const name =
      Object.keys(vocabulary).find((one) => kindOfName(nameWords(one)) === kind) ?? nameOfKind(kind, language)
    if (vocabulary[name] === undefined && Object.keys(vocabulary).length >= VOCABULARY_NAMES_MAX) continue
    vocabulary[name] = [...new Set([...(vocabulary[name] ?? []), ...terms])].slice(0, VOCABULARY_VALUES_MAX)
  }
  return vocabulary
}

/** Words only: flags, codes and numbers are no values to choose from. */
function isWord(value: string | number | boolean): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= VALUE_CHARS_MAX &&
    /\p{L}/u.test(value) &&
    !(value.length === 1 && /[A-Za-z]/.test(value)) &&
    !isSelfPromotion(value)
  )
}

function held(map: Map<string, Map<string, number>>, key: string): Map<string, number> {
  const inner = map.get(key) ?? new Map<string, number>()
  map.set(key, inner)
  return inner
}

/** "Ink" of an option and "ink" of an attribute are one value, spelt as it was first met. */
function countSpelling(values: Map<string, number>, value: string): void {
  const same = values.has(value) ? value : [...values.keys()].find((one) => one.toLowerCase() === value.toLowerCase())
  count(values, same ?? value)
}

const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1)
const byCount = (map: Map<string, number>) =>
  [...map].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([key]) => key)
