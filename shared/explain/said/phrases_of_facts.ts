import { cleanText } from '../../base/text/clean.ts'
import { normalizeText } from '../../base/text/normalize.ts'
import { leafCategory } from '../../domain/item.ts'
import type { Fact } from '../../domain/told_reason.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What of a fact may be said word for word, and whether it has to stand in quotation marks. */
export interface FactPhrase {
  text: string
  quoted: boolean
  /** Places of the facts that it is of. */
  facts: readonly number[]
  kind: 'title' | 'value' | 'other'
}

export const folded = (text: string): string => normalizeText(cleanText(text))

/** Names and searches are quoted: their words are nobody's claim. */
const isQuoted = (fact: Fact) => fact.kind === 'matches_query'

/** Everything that the facts may lend to a sentence, the longest first. */
export function phrasesOf(facts: readonly Fact[], locale: string, vocabulary: Vocabulary): FactPhrase[] {
  const found = new Map<string, { phrase: FactPhrase; facts: number[] }>()
  const add = (text: string, kind: FactPhrase['kind'], quoted: boolean, place: number) => {
    const own = folded(text)
    if (own === '') return
    const key = `${quoted} ${own}`
    const known = found.get(key)
    if (known) known.facts.push(place)
    else {
      const places = [place]
      found.set(key, { phrase: { text: own, kind, quoted, facts: places }, facts: places })
    }
  }
  for (const [place, fact] of facts.entries()) {
    if (fact.item !== null) add(fact.item.title, 'title', true, place)
    if (fact.value !== null) {
      add(fact.value, 'value', isQuoted(fact), place)
      if (fact.kind === 'taste' || fact.attribute === 'category') add(leafCategory(fact.value), 'value', false, place)
    }
    if (fact.kind === 'shared_attribute') {
      const name = fact.attribute!
      add(name.replaceAll('_', ' '), 'other', false, place)
      if (Object.hasOwn(vocabulary.names, name))
        for (const said of vocabulary.names[name]!) add(said, 'other', false, place)
    }
    if (fact.market !== null) add(placeName(fact.market, locale), 'other', false, place)
    if (fact.since !== null) for (const date of datesOf(fact.since, locale)) add(date, 'value', false, place)
  }
  return [...found.values()].map(({ phrase }) => phrase).sort((a, b) => b.text.length - a.text.length)
}

/** A market's name in the locale's own language, where it is a country; else what the shop calls it. */
export function placeName(market: string, locale: string): string {
  if (!/^[A-Z]{2}$/.test(market)) return market
  try {
    return new Intl.DisplayNames([locale], { type: 'region', fallback: 'code' }).of(market) ?? market
  } catch {
    return market
  }
}

/** A day as a sentence may write it: as it is, and in the locale's usual forms. */
function datesOf(day: string, locale: string): string[] {
  const date = new Date(`${day}T00:00:00Z`)
  const forms = ['long', 'medium', 'short'] as const
  try {
    return [
      day,
      ...forms.map((dateStyle) => new Intl.DateTimeFormat(locale, { dateStyle, timeZone: 'UTC' }).format(date)),
    ]
  } catch {
    return [day]
  }
}
